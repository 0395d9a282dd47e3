using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Ipo.Benchmarks.Workload;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.ZeroShot;

namespace Ipo.Benchmarks.Rows;

/// <summary>Pure functions of a millisecond or less, each against its scalar definition: what BenchmarkDotNet is made for.</summary>
internal static class KernelRow
{
    public static void Run(ResultTable table)
    {
        // In this process: its own builds would need this repository's settings, and one process is enough for pure loops.
        var config = ManualConfig.CreateEmpty().AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddLogger(NullLogger.Instance).AddColumnProvider(BenchmarkDotNet.Columns.DefaultColumnProviders.Instance);
        foreach (var type in new[] { typeof(ResizeBenchmark), typeof(TileBenchmark) })
        {
            var reports = BenchmarkRunner.Run(type, config).Reports;
            if (reports.Any(report => report.ResultStatistics is null)) throw new InvalidOperationException($"{type.Name} did not run to its end.");
            var scalar = reports[0].ResultStatistics!.Median;
            foreach (var report in reports)
            {
                var median = report.ResultStatistics!.Median;
                table.Add(new($"kernel: {Name(report.BenchmarkCase)}", Words.Threads(1),
                    $"{Words.Number(median / 1000)} µs", $"{Words.Number(scalar / 1000)} µs scalar", Words.Times(scalar / median)));
            }
        }
    }

    private static string Name(BenchmarkCase measured) =>
        $"{measured.Descriptor.WorkloadMethod.Name} {string.Join(' ', measured.Parameters.Items.Select(item => item.Value))}".TrimEnd();
}

/// <summary>A photograph of 500×375 to the centre square of 224.</summary>
public class ResizeBenchmark
{
    private readonly DecodedImage _image = Drawn();
    private readonly PillowResize _resize = PillowResize.CentreSquare(ResizeFilter.Bicubic, 500, 375, 224, 224);
    private readonly byte[] _output = new byte[224 * 1024];

    /// <summary>Registers' names, the scalar reference first.</summary>
    public static IEnumerable<string> Kernels => ResizeKernel.Supported().Select(kernel => kernel.GetType().Name);

    [ParamsSource(nameof(Kernels))]
    public string Kernel { get; set; } = "";

    [Benchmark]
    public void Resize() => _resize.Run(_image, _output, ResizeKernel.Supported().First(kernel => kernel.GetType().Name == Kernel));

    private static DecodedImage Drawn()
    {
        var image = new DecodedImage(500, 375);
        new Random(8).NextBytes(image.Pixels);
        return image;
    }
}

/// <summary>12 images by 32 classes of 512 numbers.</summary>
public class TileBenchmark
{
    private readonly float[] _images = UnitVectors.Make(ProductTile.Rows, 512, 9);
    private readonly float[] _classes = UnitVectors.Make(ClassMatrix.PanelWidth, 512, 10);
    private readonly float[] _products = new float[ProductTile.Rows * ClassMatrix.PanelWidth];

    [Benchmark]
    public void ProductTileByScalars() => ProductTile.ByScalars(_images, _classes, _products, ClassMatrix.PanelWidth);

    [Benchmark]
    public void ProductTileAsUsed() => ProductTile.Multiply(_images, _classes, _products, ClassMatrix.PanelWidth);
}
