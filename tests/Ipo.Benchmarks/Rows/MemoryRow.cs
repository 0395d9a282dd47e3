using System.Diagnostics;
using System.Globalization;
using Ipo.Benchmarks.Workload;

namespace Ipo.Benchmarks.Rows;

/// <summary>The most memory a process held that loaded a checkpoint, keeps 16,000 images as a set, encoded a batch of JPEGs and scored
/// a template with 1,000 classes. A process of its own does it, because the peak of this one is somebody else's.</summary>
internal static class MemoryRow
{
    public const string Child = "--memory-of";
    private const double Allowed = 300;

    public static async Task RunAsync(BenchmarkOptions options, ResultTable table, TowerShape shape, BenchmarkCheckpoint checkpoint, int threads)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet") start.ArgumentList.Add(typeof(MemoryRow).Assembly.Location);
        foreach (var argument in new[] { Child, checkpoint.Path, shape.Name, threads.ToString(CultureInfo.InvariantCulture) }) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"The process whose memory is measured ended with {process.ExitCode}: {output}");
        var peaks = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')).ToDictionary(pair => pair[0], pair => double.Parse(pair[1], CultureInfo.InvariantCulture));
        var size = checkpoint.Bytes / 1e6;
        foreach (var (name, peak) in peaks)
        {
            var isPeak = name == "peak";
            table.Add(new($"memory: {name}", $"{shape.Name}, {Words.Threads(threads)}", $"{peak:N0} MB", $"{size:N0} MB checkpoint", $"{peak - size:+#,##0;−#,##0;0} MB", isPeak ? $"≤ +{Allowed} MB" : "", isPeak ? peak <= size + Allowed : null));
        }
    }

    /// <summary>The process that is measured: does the work and prints its peaks.</summary>
    public static async Task<int> RunChildAsync(string[] args)
    {
        using var bench = new Bench(new([], [], [], 1, false, null), new(), TowerShape.Named(args[1]), BenchmarkCheckpoint.At(args[0]), int.Parse(args[2], CultureInfo.InvariantCulture));
        Print("after loading");
        await MemoryWork.RunAsync(bench);
        Print("peak");
        return 0;
    }

    // VmHWM counts mapped files too: the weights' pages that are read stay the kernel's to drop, and are counted all the same.
    private static void Print(string name)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        var kilobytes = double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}={kilobytes * 1024 / 1e6:F1}"));
    }
}
