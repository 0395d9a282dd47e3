using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Microsoft.ML.OnnxRuntime;

namespace Ipo.Benchmarks;

/// <summary>What a figure was measured on.</summary>
internal static class Machine
{
    public static string Words() =>
        $"{Processor()}, {Environment.ProcessorCount} cores for this process, {Features()}; {RuntimeInformation.OSDescription}; .NET {Environment.Version}; ONNX Runtime {OrtEnv.Instance().GetVersionString()}; load before the run {Load()}";

    private static string Features() =>
        Vector512.IsHardwareAccelerated ? "AVX-512" : Avx2.IsSupported ? "AVX2, no AVX-512" : RuntimeInformation.ProcessArchitecture.ToString();

    private static string Processor() => !File.Exists("/proc/cpuinfo") ? RuntimeInformation.ProcessArchitecture.ToString()
        : File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
