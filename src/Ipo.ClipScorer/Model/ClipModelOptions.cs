using Ipo.ClipScorer.Images;
using Microsoft.Extensions.Options;

namespace Ipo.ClipScorer.Model;

/// <summary>Where the towers run.</summary>
internal enum ClipDevice
{
    /// <summary>CUDA where it works, else the CPU, with the reason stated.</summary>
    Auto,

    /// <summary>The CPU, in fp32.</summary>
    Cpu,

    /// <summary>CUDA in fp16, or an error that says what is missing.</summary>
    Cuda,
}

/// <summary>Settings of the loaded checkpoint, bound from the configuration section <c>Ipo:ClipScorer</c>. The defaults run the embedded checkpoint.</summary>
internal sealed class ClipModelOptions
{
    public const string Section = "Ipo:ClipScorer";

    /// <summary>The checkpoint's folder in Hugging Face CLIPModel layout; empty means the embedded ipo-tiny.</summary>
    public string Checkpoint { get; set; } = "";

    /// <summary>Where the towers run. Default Auto.</summary>
    public ClipDevice Device { get; set; } = ClipDevice.Auto;

    /// <summary>Threads of the towers on the CPU, 0 to 1,024: as many runs go side by side, each on one. 0 means what the process may use (its affinity and its cgroup's quota).</summary>
    public int Threads { get; set; }

    /// <summary>What an image may be at most.</summary>
    public ImageLimits Images { get; set; } = new();

    /// <summary>Every setting out of its range, as a sentence that names its configuration path; empty when all are right.</summary>
    public IEnumerable<string> Problems()
    {
        if (!Enum.IsDefined(Device)) yield return $"{Section}:Device is {Device}; set it to Auto, Cpu or Cuda.";
        if (Threads is < 0 or > 1024) yield return $"{Section}:Threads is {Threads}; set it to 0 (what the process may use) up to 1024.";
        if (Images.MaxBytes is < 1 or > 2_147_483_591) yield return $"{Section}:Images:MaxBytes is {Images.MaxBytes}; set it to 1 up to 2147483591 bytes.";
        if (Images.MaxSide is < 1 or > 65_535) yield return $"{Section}:Images:MaxSide is {Images.MaxSide}; set it to 1 up to 65535 pixels.";
        if (Images.MaxPixels is < 1 or > 500_000_000) yield return $"{Section}:Images:MaxPixels is {Images.MaxPixels}; set it to 1 up to 500000000 pixels.";
    }

    /// <summary>Makes a host refuse to start on a wrong setting.</summary>
    internal sealed class Validation : IValidateOptions<ClipModelOptions>
    {
        public ValidateOptionsResult Validate(string? name, ClipModelOptions options) =>
            options.Problems().ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }
}
