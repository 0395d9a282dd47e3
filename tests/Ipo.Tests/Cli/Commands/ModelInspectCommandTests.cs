using System.Text.Json;
using Ipo.Cli.Connections;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Model;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Cli.Commands;

/// <summary><c>ipo model inspect</c>, which asks the scorer's own program.</summary>
public sealed class ModelInspectCommandTests
{
    [Fact]
    public async Task Says_what_a_folder_holds_in_the_scorer_s_words()
    {
        var folder = Path.Combine(Shared.Repository, "models", "ipo-tiny");
        var line = new CommandLine();
        Assert.Equal((ExitCode.Done, ""), (await line.RunAsync("model", "inspect", folder), line.Error));
        Assert.Contains($"Folder         {folder}\nName           ipo-tiny\nFamily         clip\n", line.Out, StringComparison.Ordinal);
        Assert.Contains("\nLoads          on the CPU; largest error ", line.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_told_and_is_the_exit_code()
    {
        using var empty = new TempFolder();
        var line = new CommandLine();
        Assert.Equal(ExitCode.Error, await line.RunAsync("model", "inspect", empty, "--json"));
        Assert.StartsWith($"clip-scorer would refuse this checkpoint: {Path.Combine(empty, "config.json")} is missing.", line.Error, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(line.Out);
        Assert.Contains("config.json is missing", json.RootElement.GetProperty("refusal").GetString(), StringComparison.Ordinal);
    }

    // Each kind of checkpoint that the scorer reads: what it is made of, and so its digest, has to be the same after a pull.
    [Theory]
    [InlineData("models/ipo-tiny")]
    [InlineData("goldens2/clip-bin-random/zip")]
    [InlineData("goldens2/clip-bin-random/sharded")]
    [InlineData("goldens2/openclip-random/gelu-squash-fp16-safetensors")]
    [InlineData("goldens2/openclip-random/quickgelu-bin")]
    [InlineData("goldens2/siglip-random")]
    [InlineData("goldens2/siglip2-random")]
    public async Task What_was_pulled_is_the_same_checkpoint_to_the_scorer(string checkpoint)
    {
        var folder = checkpoint.StartsWith("models", StringComparison.Ordinal) ? Path.Combine(Shared.Repository, checkpoint) : Shared.Path($"data/{checkpoint}");
        await using var hub = await LocalHub.StartAsync();
        hub.Add("some/model", folder);
        using var home = new TempFolder();
        var pull = new CommandLine();
        (pull.Environment["IPO_HOME"], pull.Environment["HF_ENDPOINT"]) = (home, hub.Endpoint);
        Assert.Equal((ExitCode.Done, ""), (await pull.RunAsync("model", "pull", "some/model"), pull.Out.Length > 0 ? "" : pull.Error));
        Assert.Equal(Identity(folder), Identity(Path.Combine(home, "models", "some", "model")));

        static (string Family, string Digest) Identity(string folder)
        {
            var family = CheckpointFamily.Of(folder);
            return (family.ModelType, CheckpointDigest.Compute(family.Open(folder).Files));
        }
    }
}
