using System.Diagnostics;
using System.Globalization;
using Ipo.Benchmarks;
using Ipo.Benchmarks.Workload;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.IntegrationTests;

/// <summary>
/// The example of docs/real-models.md, from <c>ipo model pull</c> to a report, against a hub on this machine, in both formats of weights. By default the hub has
/// ipo-tiny under another name; with IPO_TRUE_SHAPE=1 a checkpoint of ViT-B/16's true shape with random weights (600 MB): some minutes on two cores.
/// </summary>
public sealed class RealExampleTests
{
    private const string Name = "openai/clip-vit-base-patch16";

    private static bool IsTrueShape => Environment.GetEnvironmentVariable("IPO_TRUE_SHAPE") == "1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("pytorch_model.bin")]
    public async Task A_person_gets_from_a_model_s_name_to_a_report(string weights)
    {
        using var source = new TempFolder();
        Fill(source, weights);
        await using var hub = await LocalHub.StartAsync();
        var model = hub.Add(Name, source);
        model.Files[weights].Cuts.Enqueue(model.Files[weights].Size / 2); // no long download is spared it
        using var home = new TempFolder();

        RunningSystem? system = null;
        var pulled = await TimedAsync("model", "pull", Name);
        var folder = Path.Combine(home, "models", "openai", "clip-vit-base-patch16");
        Assert.Equal($"export IPO_CHECKPOINT={folder}\n", pulled.Output);
        Assert.Contains("; trying again in 1 s (1 of 5).", pulled.Errors, StringComparison.Ordinal);
        Assert.Contains("every checksum right", pulled.Errors, StringComparison.Ordinal);
        var inspected = await TimedAsync("model", "inspect", folder);
        Assert.Contains($"Weights        {weights} (", inspected.Output, StringComparison.Ordinal);
        Assert.Contains("Loads          on the CPU", inspected.Output, StringComparison.Ordinal);
        var again = await TimedAsync("model", "pull", Name);
        Assert.Equal(pulled.Output, again.Output);
        Assert.Equal(2, hub.Requests.Count(request => request.Host == "store"));

        var started = Stopwatch.GetTimestamp();
        await using var running = system = await RunningSystem.StartAsync(Cancellation, ("IPO_CHECKPOINT", folder));
        Say($"all services healthy after {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        var photos = Path.Combine(system.Home, "photos");
        await BuiltPrograms.DrawAsync(photos, Cancellation, "--style", "neon", "--category", "animal", "--class", "cat", "dog", "rabbit", "elephant", "--count", "15", "--size", "224");
        var found = await TimedAsync("optimize", photos, "--run-id", "real", "--shots", "4", "--steps", "3");
        var report = await TimedAsync("report", "real");
        Assert.Contains("| checkpoint | clip-vit-base-patch16, ", report.Output, StringComparison.Ordinal);
        Assert.Contains("  advice     ", found.Output, StringComparison.Ordinal);
        var run = (await system.Client.Runs.GetRunAsync(new() { RunId = "real" }, cancellationToken: Cancellation)).Run;
        Assert.Equal(Ipo.V1.RunState.Completed, run.State);
        Assert.Equal("clip-vit-base-patch16", run.Model.Name);
        if (IsTrueShape) Assert.Contains("images of 224 x 224 pixels", (await TimedAsync("model")).Output, StringComparison.Ordinal);

        async Task<CommandResult> TimedAsync(params string[] arguments)
        {
            var start = BuiltPrograms.Start("src/Ipo.Cli", "ipo.dll", arguments);
            start.Environment.Remove("IPO_SERVER");
            start.Environment["IPO_HOME"] = system?.Home ?? home.Path;
            start.Environment["HF_ENDPOINT"] = hub.Endpoint;
            var began = Stopwatch.GetTimestamp();
            var result = await BuiltPrograms.RunAsync(start, Cancellation);
            Say($"$ ipo {string.Join(' ', arguments)}   ({Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s)\n{result.Errors}{result.Output}");
            Assert.True(result.ExitCode == 0, result.Errors);
            return result;
        }
    }

    private static void Fill(string folder, string weights)
    {
        using var random = IsTrueShape ? BenchmarkCheckpoint.Create(TowerShape.Named("B/16")) : null;
        foreach (var file in Directory.EnumerateFiles(random?.Path ?? Path.Combine(Tests.Shared.Repository, "models", "ipo-tiny")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        if (weights == "model.safetensors") return;
        var safetensors = Path.Combine(folder, "model.safetensors");
        TorchSave.FromSafetensors(safetensors, Path.Combine(folder, weights));
        File.Delete(safetensors);
    }

    private static void Say(FormattableString text) => TestContext.Current.TestOutputHelper!.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
