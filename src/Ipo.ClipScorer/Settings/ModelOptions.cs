using Ipo.ServiceDefaults.Settings;

namespace Ipo.ClipScorer.Settings;

/// <summary>Settings of the loaded checkpoint, bound from the configuration section <c>Ipo:ClipScorer</c>. The
/// defaults run the embedded checkpoint.</summary>
internal sealed class ModelOptions
{
    public const string Section = ClipScorerOptions.Section;

    /// <summary>The checkpoint's folder, as the hub has it; empty means the embedded ipo-tiny.</summary>
    public string Checkpoint { get; set; } = "";

    /// <summary>Where the towers run.</summary>
    public DeviceChoice Device { get; set; } = DeviceChoice.Auto;

    /// <summary>Threads of the towers on the CPU: as many runs go side by side, each on one. 0 means what the process
    /// may use (its affinity and its cgroup's quota).</summary>
    [Between(0, 1024, LeastMeans = "what the process may use")]
    public int Threads { get; set; }

    /// <summary>What an image may be at most.</summary>
    public ImageLimits Images { get; set; } = new();
}
