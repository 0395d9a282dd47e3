using Ipo.ServiceDefaults.Settings;

namespace Ipo.ServiceDefaults;

/// <summary>What connections may take of a service, at configuration <c>Ipo:Connections</c>: the same for every service. It is
/// met before anybody is asked who calls.</summary>
public sealed class ConnectionOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Ipo:Connections";

    /// <summary>Connections at once over all ports; one more is closed at once.</summary>
    [Between(10, 1_000_000, Unit = "connections")]
    public int Most { get; set; } = 10_000;

    /// <summary>Connections at once from one address; one more is closed at once. Behind a proxy all callers have one.</summary>
    [Between(0, 1_000_000, Unit = "connections", LeastMeans = "no limit")]
    public int MostPerAddress { get; set; } = 2_000;

    /// <summary>Calls at once over one connection of HTTP/2; a client opens another one for more.</summary>
    [Between(1, 10_000, Unit = "calls")]
    public int CallsPerConnection { get; set; } = 100;

    /// <summary>How long a connection without a call stays open, a new one among them.</summary>
    [Between("00:00:01", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>Longest time in which all headers of a request have to come.</summary>
    [Between("00:00:01", "00:10:00")]
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Slowest sender of a request, and slowest reader of an answer, on the average after
    /// <see cref="SlowGrace"/>. A watch that has nothing to say is not slow, and streams of gRPC have their own pace.</summary>
    [Between(0, 1_000_000, Unit = "bytes a second", LeastMeans = "no limit")]
    public int SlowestBytesPerSecond { get; set; } = 240;

    /// <summary>How long somebody may be slower.</summary>
    [Between("00:00:01.500", "00:10:00")]
    public TimeSpan SlowGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Headers of a request.</summary>
    [Between(20, 1_000, Unit = "headers")]
    public int MostHeaders { get; set; } = 100;

    /// <summary>All headers of a request together; gRPC's clients keep to 8 KiB.</summary>
    [Between(8 * 1024, 1024 * 1024, Unit = "bytes")]
    public int HeaderBytes { get; set; } = 32 * 1024;

    /// <summary>How long the other side of an HTTP/2 connection may be silent before it is asked whether it is there; one that
    /// does not answer in 20 s is gone.</summary>
    [Between("00:00:01", "1.00:00:00")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(60);
}
