using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Configuration;

/// <summary>Settings of the orchestrator, at configuration <c>Ipo:Orchestrator</c>. Empty configuration is a working one.</summary>
public sealed class OrchestratorOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Ipo:Orchestrator";

    /// <summary>Folder of the journal and the list of datasets. Created for its owner alone (mode 0700) where it is missing.
    /// Default: <c>ipo/orchestrator</c> in the user's folder for application data.</summary>
    public string DataDirectory { get; set; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "ipo", "orchestrator");

    /// <summary>Folders under which datasets may lie; nothing outside them is ever read. Default: <c>datasets</c> in
    /// <see cref="DataDirectory"/>.</summary>
    public IList<string> DatasetRoots { get; } = [];

    /// <summary>Runs that are worked on at once; further ones wait. 1 to 64.</summary>
    public int ParallelRuns { get; set; } = 2;

    /// <summary>Largest image file in bytes; larger ones are left out of a dataset with a warning. 1 KiB to 20 MiB, which is
    /// what the captioner takes.</summary>
    public long LargestImageBytes { get; set; } = 20 * 1024 * 1024;

    /// <summary>Most images in a dataset, 1 or more.</summary>
    public int MostImages { get; set; } = 2_000_000;

    /// <summary>Most bytes that a zip of a dataset may hold once it is unpacked, which happens below <see cref="DataDirectory"/>. 1 MiB or
    /// more; 20 GiB where nothing is said.</summary>
    public long MostUnpackedBytes { get; set; } = 20L * 1024 * 1024 * 1024;

    /// <summary>Most classes in a dataset, 2 or more.</summary>
    public int MostClasses { get; set; } = 10_000;

    /// <summary>How long a stopping orchestrator waits for the answers of paid calls in flight, so that they are not bought
    /// again. 0 to 10 minutes. The process ends 10 s after that at the latest; whoever stops it has to wait as long. The AppHost does
    /// by itself; Kubernetes (terminationGracePeriodSeconds), systemd (TimeoutStopSec) and Aspire's host have limits of their own.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(20);
}

/// <summary>Refuses settings that no orchestrator can start with, by their configuration path.</summary>
internal sealed class OrchestratorOptionsRules : IValidateOptions<OrchestratorOptions>
{
    public ValidateOptionsResult Validate(string? name, OrchestratorOptions options)
    {
        const string At = OrchestratorOptions.Section;
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(options.DataDirectory)) faults.Add($"{At}:DataDirectory is empty; give a folder or leave it out.");
        if (options.DatasetRoots.Any(string.IsNullOrWhiteSpace)) faults.Add($"{At}:DatasetRoots holds an empty entry; give folders or leave it out.");
        if (options.ParallelRuns is < 1 or > 64) faults.Add($"{At}:ParallelRuns is {options.ParallelRuns}; it takes 1 to 64.");
        if (options.LargestImageBytes is < 1024 or > 20 * 1024 * 1024) faults.Add($"{At}:LargestImageBytes is {options.LargestImageBytes}; it takes 1024 to 20971520.");
        if (options.MostImages < 1) faults.Add($"{At}:MostImages is {options.MostImages}; it takes 1 or more.");
        if (options.MostUnpackedBytes < 1024 * 1024) faults.Add($"{At}:MostUnpackedBytes is {options.MostUnpackedBytes}; it takes 1048576 or more.");
        if (options.MostClasses < 2) faults.Add($"{At}:MostClasses is {options.MostClasses}; it takes 2 or more.");
        if (options.StopGrace < TimeSpan.Zero || options.StopGrace > TimeSpan.FromMinutes(10)) faults.Add($"{At}:StopGrace is {options.StopGrace}; it takes 00:00:00 to 00:10:00.");
        if (faults.Count == 0 && CannotCreate(options.DataDirectory) is { } reason) faults.Add($"{At}:DataDirectory '{options.DataDirectory}' cannot be used: {reason}");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static string? CannotCreate(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return fault.Message;
        }
    }
}
