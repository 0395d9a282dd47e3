namespace Ipo.ServiceDefaults;

/// <summary>The replicas of a called service, as its channel sees them now: a keyed service under the called one's name.</summary>
public sealed class Replicas
{
    private int _ready;

    /// <summary>Raised when the number has changed.</summary>
    public event Action? Changed;

    /// <summary>How many have a connection; none before the first call.</summary>
    public int Ready
    {
        get => Volatile.Read(ref _ready);
        internal set
        {
            if (Interlocked.Exchange(ref _ready, value) != value) Changed?.Invoke();
        }
    }
}

/// <summary>Which replica calls go to. It follows all that is awaited after <see cref="Enter"/>, as a trace does, since a call
/// has no other way to tell its channel.</summary>
public sealed class ReplicaChoice
{
    private static readonly AsyncLocal<ReplicaChoice?> Ambient = new();

    /// <summary>The one to take while it is there; null for any.</summary>
    public string? Preferred { get; set; }

    /// <summary>Those to take only where there is no other.</summary>
    public HashSet<string> Avoided { get; } = new(StringComparer.Ordinal);

    /// <summary>The one that the last call went to, as host:port; null before that, and where the channel has no replicas.</summary>
    public string? Taken { get; internal set; }

    internal static ReplicaChoice? Current => Ambient.Value;

    /// <summary>Has the calls of this method, and of what it awaits, go by this choice.</summary>
    public void Enter() => Ambient.Value = this;
}
