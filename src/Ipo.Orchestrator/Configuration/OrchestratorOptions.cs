using Ipo.ServiceDefaults.Settings;

namespace Ipo.Orchestrator.Configuration;

/// <summary>Settings of the orchestrator, at configuration <c>Ipo:Orchestrator</c>. Empty configuration is a working
/// one.</summary>
public sealed class OrchestratorOptions : ISettingsWithRules
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Ipo:Orchestrator";

    /// <summary>What <see cref="LargestImageBytes"/> takes at most.</summary>
    public const long MostImageBytes = 20 * 1024 * 1024;

    /// <summary>Folder of the journal and the list of datasets. Created for its owner alone (mode 0700) where it is
    /// missing. Default: <c>ipo/orchestrator</c> in the user's folder for application data.</summary>
    public string DataDirectory { get; set; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "ipo", "orchestrator");

    /// <summary>Folders under which datasets may lie; nothing outside them is ever read. Default: <c>datasets</c> in
    /// <see cref="DataDirectory"/>.</summary>
    public IList<string> DatasetRoots { get; } = [];

    /// <summary>Origins of web pages that may call the HTTP API besides its own, for instance
    /// <c>https://team.example.org</c>. Default: none.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>Address at which a browser reaches the pages, for instance <c>https://ipo.example.org</c>; clients are
    /// told it, so that they can name a run's page. Default: none.</summary>
    public string WebAddress { get; set; } = "";

    /// <summary>Runs that are worked on at once; further ones wait.</summary>
    [Between(1, 1_000, Unit = "runs")]
    public int ParallelRuns { get; set; } = 2;

    /// <summary>How often the journal is searched for unfinished runs that nobody works on: their orchestrator died, or their
    /// journal could not be read or written.</summary>
    [Between("00:00:01", "01:00:00")]
    public TimeSpan TakeUpEvery { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Space that is kept free on the disk of a journal in a file: with less, runs wait before they buy the next answer,
    /// so that those in flight can still be written. 0 keeps none.</summary>
    [Between(0, BetweenAttribute.NoMost, Unit = "bytes")]
    public long LeastFreeBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>Largest image file; larger ones are left out of a dataset with a warning. 20 MiB is what the captioner
    /// takes.</summary>
    [Between(1024, MostImageBytes, Unit = "bytes")]
    public long LargestImageBytes { get; set; } = MostImageBytes;

    /// <summary>Most images in a dataset.</summary>
    [Between(1, BetweenAttribute.NoMost, Unit = "images")]
    public int MostImages { get; set; } = 2_000_000;

    /// <summary>Most that a zip of a dataset may hold once it is unpacked, which happens below
    /// <see cref="DataDirectory"/>; also the largest file that is taken in an upload.</summary>
    [Between(1024 * 1024, BetweenAttribute.NoMost, Unit = "bytes")]
    public long MostUnpackedBytes { get; set; } = 20L * 1024 * 1024 * 1024;

    /// <summary>Most bytes of uploaded files that are kept below <see cref="DataDirectory"/> for datasets to be
    /// registered from. Each is kept for a week.</summary>
    [Between(1024 * 1024, BetweenAttribute.NoMost, Unit = "bytes")]
    public long MostUploadedBytes { get; set; } = 50L * 1024 * 1024 * 1024;

    /// <summary>Most classes in a dataset.</summary>
    [Between(2, BetweenAttribute.NoMost, Unit = "classes")]
    public int MostClasses { get; set; } = 10_000;

    /// <summary>How long a stopping orchestrator waits for the answers of paid calls in flight, so that they are not
    /// bought again. The process ends 10 s after that at the latest; whoever stops it has to wait as long. The AppHost
    /// does by itself; Kubernetes (terminationGracePeriodSeconds), systemd (TimeoutStopSec) and Aspire's host have
    /// limits of their own.</summary>
    [Between("00:00:00", "00:10:00")]
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(20);

    IEnumerable<string> ISettingsWithRules.Problems(string path)
    {
        var (folderIsEmpty, rootIsEmpty) = (string.IsNullOrWhiteSpace(DataDirectory), DatasetRoots.Any(string.IsNullOrWhiteSpace));
        if (folderIsEmpty) yield return $"{path}:DataDirectory is empty; give a folder or leave it out.";
        if (rootIsEmpty) yield return $"{path}:DatasetRoots holds an empty entry; give folders or leave it out.";
        if (WebAddress.Length > 0 && !(Uri.TryCreate(WebAddress, UriKind.Absolute, out var web) && web.Scheme is "http" or "https"))
            yield return $"{path}:WebAddress is '{WebAddress}'; it takes an address as https://HOST, or nothing.";
        if (!folderIsEmpty && !rootIsEmpty && CannotCreate(DataDirectory) is { } reason)
            yield return $"{path}:DataDirectory '{DataDirectory}' cannot be used: {reason}";
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
