using Ipo.ServiceDefaults.Settings;

namespace Ipo.Orchestrator.Configuration;

/// <summary>What one caller may use, where callers are told apart. Days are those of UTC.</summary>
public sealed class LimitOptions
{
    /// <summary>Requests a second, over whichever protocol; twice as many at once.</summary>
    [Between(0, 100_000, Unit = "requests a second", LeastMeans = "no limit")]
    public int RequestsPerSecond { get; set; } = 200;

    /// <summary>Runs of a caller that are running or waiting for their turn.</summary>
    [Between(0, 100_000, Unit = "runs", LeastMeans = "no limit")]
    public int RunningRuns { get; set; }

    /// <summary>Images a day that are classified, or registered in datasets.</summary>
    [Between(0, BetweenAttribute.NoMost, Unit = "images a day", LeastMeans = "no limit")]
    public long ImagesPerDay { get; set; }

    /// <summary>Bytes a day that are uploaded.</summary>
    [Between(0, BetweenAttribute.NoMost, Unit = "bytes a day", LeastMeans = "no limit")]
    public long UploadBytesPerDay { get; set; }

    /// <summary>What a caller's runs may cost a day, in millionths of a US dollar. Once it is spent no run is started or
    /// resumed; those that run go on within their own budgets.</summary>
    [Between(0, BetweenAttribute.NoMost, Unit = "millionths of a US dollar a day", LeastMeans = "no limit")]
    public long MicroUsdPerDay { get; set; }
}
