using Ipo.ServiceDefaults.Settings;

namespace Ipo.Orchestrator.Configuration;

/// <summary>What one caller may use, where callers are told apart. Days are those of UTC.</summary>
public sealed class LimitOptions
{
    /// <summary>Requests a second, over whichever protocol; twice as many at once.</summary>
    [Between(0, 100_000, Unit = "requests a second", LeastMeans = "no limit")]
    public int RequestsPerSecond { get; set; } = 200;

    /// <summary>Requests of a caller that are open at the same moment, watches among them.</summary>
    [Between(0, 1_000_000, Unit = "requests", LeastMeans = "no limit")]
    public int OpenRequests { get; set; } = 1000;

    /// <summary>Calls a minute from one address that bring no token that is taken; what is over is told to come later. Of an
    /// IPv6 address its first 64 bits count. Callers behind one proxy have one address; a token that is taken passes
    /// always.</summary>
    [Between(0, 1_000_000, Unit = "calls a minute", LeastMeans = "no limit")]
    public int RefusalsPerMinute { get; set; } = 300;

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
