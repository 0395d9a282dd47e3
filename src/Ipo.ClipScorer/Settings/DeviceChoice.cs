namespace Ipo.ClipScorer.Settings;

/// <summary>Where the towers run.</summary>
internal enum DeviceChoice
{
    /// <summary>CUDA where it works, else the CPU, with the reason stated.</summary>
    Auto,

    /// <summary>The CPU, in fp32.</summary>
    Cpu,

    /// <summary>CUDA in fp16, or an error that says what is missing.</summary>
    Cuda,
}
