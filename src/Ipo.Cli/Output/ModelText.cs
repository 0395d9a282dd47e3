using Ipo.V1;

namespace Ipo.Cli.Output;

/// <summary>A checkpoint in words.</summary>
internal static class ModelText
{
    /// <summary>What tells it from others: name, digest and precision.</summary>
    public static string Of(Model model) => $"{model.Name} {Prefix(model.Digest)} ({model.Precision})";

    /// <summary>As much of a digest as a person compares.</summary>
    public static string Prefix(string digest) => digest[..Math.Min(12, digest.Length)];
}
