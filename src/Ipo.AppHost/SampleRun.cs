using System.Security.Cryptography;
using System.Text;

namespace Ipo.AppHost;

/// <summary>The main job, done once without being asked twice: a run on the sample, by the same command a person would type.</summary>
internal static class SampleRun
{
    /// <summary>Adds the task "sample", which waits for the orchestrator, where a sample is named; else says how to start a run.
    /// The run's id comes from the folder, and an orchestrator asked for an id it knows returns that run: at the next start the
    /// result is shown again, and nothing is done or bought again.</summary>
    public static void AddSample(this IDistributedApplicationBuilder builder, HostSettings settings, IResourceBuilder<ProjectResource> orchestrator)
    {
        if (builder.ExecutionContext.IsPublishMode) return;
        if (settings.Sample is not { } folder)
        {
            Console.WriteLine("No sample is run. Start a run of your own with: dotnet run --project src/Ipo.Cli -- optimize FOLDER");
            Console.WriteLine("(FOLDER holds a subfolder of images for each class), or name the folder in IPO_SAMPLE before the start.");
            return;
        }
        builder.AddProject("sample", "../Ipo.Cli/Ipo.Cli.csproj", launchProfileName: null)
            .WithArgs("optimize", folder, "--run-id", RunId(folder))
            .WithReference(orchestrator)
            .WaitFor(orchestrator);
    }

    internal static string RunId(string folder) => $"sample-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..12]}";
}
