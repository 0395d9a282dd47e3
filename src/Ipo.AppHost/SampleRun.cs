using System.Security.Cryptography;
using System.Text;

namespace Ipo.AppHost;

/// <summary>The main job, done once without being asked twice: a run on the sample, by the same command a person would type.</summary>
internal static class SampleRun
{
    // Sixteen animals as neon signs, some with names that also mean something else: plain "a photo of a bat." is wrong twice. The
    // embedded checkpoint was trained on animals and on neon, never on both at once.
    private static readonly string[] Drawing = ["--style", "neon", "--category", "animal", "--count", "60", "--seed", "1", "--size", "64"];

    // Few enough steps for two minutes on two cores; all classes, so that the proof has all test images. The embedded proposer
    // whatever is configured: nobody has asked for this run, so it buys nothing.
    private static readonly string[] Search = ["--shots", "16", "--classes", "all", "--steps", "20", "--proposer", "evolve"];

    /// <summary>Adds the task "sample", which waits for the orchestrator, and before it "sample-world", which draws the dataset where
    /// none is named. The run's id comes from the folder and from what is asked of it, and an orchestrator asked for an id it knows
    /// returns that run: at the next start the result is shown again, and nothing is done or bought again. A folder that a person named
    /// is searched as any run is, by the providers that are configured.</summary>
    public static void AddSample(this IDistributedApplicationBuilder builder, HostSettings settings, IResourceBuilder<ProjectResource> orchestrator)
    {
        if (builder.ExecutionContext.IsPublishMode || !settings.WantsSample) return;
        string[] search = !settings.DrawsSample ? []
            // A run takes the captioner that there is; a multimodal model is not asked.
            : [.. Search, settings.HasEmbeddedCaptioner ? "--descriptions" : "--no-descriptions"];
        var run = builder.AddProject("sample", "../Ipo.Cli/Ipo.Cli.csproj", launchProfileName: null)
            .WithArgs(["optimize", settings.Sample, "--run-id", RunId(settings.Sample, search), .. search])
            .WithReference(orchestrator)
            .WithEnvironment("IPO_SERVER", orchestrator.GetEndpoint("grpc")) // wherever a person's own commands go
            .WaitFor(orchestrator);
        if (!settings.DrawsSample || File.Exists(Path.Combine(settings.Sample, "captions.jsonl"))) return; // written last
        var world = builder.AddProject("sample-world", "../Ipo.Samples/Ipo.Samples.csproj", launchProfileName: null)
            .WithArgs(["draw", settings.Sample, .. Drawing, "--force"]) // a drawing that was cut is drawn again
            .WaitFor(orchestrator); // on few cores drawing would hold up the services' start
        run.WaitForCompletion(world);
    }

    private static string RunId(string folder, string[] search) =>
        $"sample-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [folder, .. search]))))[..12]}";
}
