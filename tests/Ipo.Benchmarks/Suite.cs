using System.Diagnostics.Metrics;
using Ipo.Benchmarks.Rows;
using Ipo.Benchmarks.Workload;
using Microsoft.Extensions.DependencyInjection;

namespace Ipo.Benchmarks;

/// <summary>The rows, and the order they run in.</summary>
internal static class Suite
{
    private static readonly string[] NeedCheckpoint = ["texts", "gemm", "images", "warm", "memory", "growth", "half", "runs", "gpu"];

    public static string[] RowNames { get; } = [.. NeedCheckpoint, "siglip", "scoring", "redis", "kernels"];

    public static async Task RunAsync(BenchmarkOptions options)
    {
        Console.WriteLine(Machine.Words());
        var table = new ResultTable();
        if (Has("scoring")) foreach (var threads in options.Threads) ScoringRow.Run(options, table, threads);
        if (Has("siglip")) foreach (var threads in options.Threads) SiglipRow.Run(options, table, threads);
        if (Has("kernels")) KernelRow.Run(table);
        if (Has("redis"))
        {
            await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
            await RedisRow.RunAsync(options, table, new(services.GetRequiredService<IMeterFactory>()));
        }
        if (NeedCheckpoint.Any(Has)) foreach (var shape in options.Shapes) await RunAsync(options, table, shape);

        bool Has(string row) => options.Rows.Contains(row);
    }

    private static async Task RunAsync(BenchmarkOptions options, ResultTable table, TowerShape shape)
    {
        using var checkpoint = BenchmarkCheckpoint.Create(shape);
        if (Has("memory")) await MemoryRow.RunAsync(options, table, shape, checkpoint, options.Threads[^1]);
        foreach (var threads in options.Threads)
        {
            using var bench = new Bench(options, table, shape, checkpoint, threads);
            if (Has("texts")) TextRow.Run(bench);
            if (Has("gemm")) GemmRow.Run(bench);
            if (Has("images")) ImageRow.Run(bench);
            if (Has("runs")) RunSizeRow.Run(bench);
            if (Has("half") && shape == options.Shapes[0] && threads == options.Threads[^1]) HalfRow.Run(bench);
            if (Has("gpu") && threads == options.Threads[^1]) GpuRow.Run(bench);
            if (Has("growth") && shape == options.Shapes[0] && threads == options.Threads[0]) GrowthRow.Run(bench);
            if (Has("warm") && threads == options.Threads[^1]) await WarmRow.RunAsync(bench);
        }

        bool Has(string row) => options.Rows.Contains(row);
    }
}
