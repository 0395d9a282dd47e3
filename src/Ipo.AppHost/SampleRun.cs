using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Ipo.AppHost;

/// <summary>The main job, done once without being asked twice: a run on the sample, by the same command a person would
/// type.</summary>
internal sealed class SampleRun
{
    // Sixteen animals as neon signs, some with names that also mean something else: plain "a photo of a bat." is wrong
    // twice. The embedded checkpoint was trained on animals and on neon, never on both at once.
    private static readonly string[] Drawing = ["--style", "neon", "--category", "animal", "--count", "60", "--seed", "1", "--size", "64"];

    // Few enough steps for two minutes on two cores; all classes, so that the proof has all test images. The embedded
    // proposer whatever is configured: nobody has asked for this run, so it buys nothing.
    private static readonly string[] Search = ["--shots", "16", "--classes", "all", "--steps", "20", "--proposer", "evolve"];

    private readonly string _folder;
    private readonly string[] _search;
    private int _seed = 1;

    private SampleRun(HostSettings settings)
    {
        _folder = settings.Sample;
        // A run takes the captioner that there is; a multimodal model is not asked.
        _search = !settings.DrawsSample ? [] : [.. Search, settings.HasEmbeddedCaptioner ? "--descriptions" : "--no-descriptions"];
    }

    // The first seed, or the one that the dashboard's command has moved on to.
    private string[] Asked => _seed == 1 ? _search : [.. _search, "--seed", _seed.ToString(CultureInfo.InvariantCulture)];

    /// <summary>Adds the task "sample", which waits for the orchestrator, and before it "sample-world", which draws the
    /// dataset where none is named. The run's id comes from the folder and from what is asked of it, and an
    /// orchestrator asked for an id it knows returns that run: at the next start the result is shown again, and nothing
    /// is done or bought again. A folder that a person named is searched as any run is, by the providers that are
    /// configured.</summary>
    public static void Add(IDistributedApplicationBuilder builder, HostSettings settings, IResourceBuilder<ProjectResource> orchestrator)
    {
        if (builder.ExecutionContext.IsPublishMode || !settings.WantsSample) return;
        var sample = new SampleRun(settings);
        var run = builder.AddProject<Projects.Ipo_Cli>("sample")
            .RunLocally()
            .WithArgs(context =>
            {
                string[] arguments = ["optimize", sample._folder, "--run-id", RunId(sample._folder, sample.Asked), .. sample.Asked];
                foreach (var argument in arguments) context.Args.Add(argument);
            })
            .WithReference(orchestrator)
            .WithEnvironment("IPO_SERVER", orchestrator.GetEndpoint(ServiceComposition.GrpcEndpoint)) // wherever a person's own commands go
            .WithEnvironment("IPO_PROGRESS", "stdout") // from two streams the result would overtake the last progress
            .WaitFor(orchestrator)
            .WithParentRelationship(orchestrator)
            .WithIconName("Search")
            .WithCommand("search-again", "Search again with another seed", sample.SearchAgain, new()
            {
                Description = "Runs the sample's search from another starting point, to see how much of the result is chance.",
                IconName = "ArrowRepeatAll",
                IsHighlighted = true,
                UpdateState = command => KnownResourceStates.TerminalStates.Contains(command.ResourceSnapshot.State?.Text ?? "")
                    ? ResourceCommandState.Enabled
                    : ResourceCommandState.Disabled,
            });
        if (!settings.DrawsSample || File.Exists(Path.Combine(settings.Sample, "captions.jsonl"))) return; // written last
        var world = builder.AddProject<Projects.Ipo_Samples>("sample-world")
            .RunLocally()
            .WithArgs(["draw", settings.Sample, .. Drawing, "--force"]) // a drawing that was cut is drawn again
            .WaitFor(orchestrator) // on few cores drawing would hold up the services' start
            .WithParentRelationship(orchestrator)
            .WithIconName("DrawImage");
        run.WaitForCompletion(world);
    }

    private async Task<ExecuteCommandResult> SearchAgain(ExecuteCommandContext context)
    {
        _seed++;
        var commands = context.Services.GetRequiredService<ResourceCommandService>();
        return await commands.ExecuteCommandAsync(context.ResourceName, KnownResourceCommands.StartCommand, context.CancellationToken);
    }

    private static string RunId(string folder, string[] search) =>
        $"sample-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [folder, .. search]))))[..12]}";
}
