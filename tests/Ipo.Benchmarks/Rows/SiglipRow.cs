using System.Diagnostics.Metrics;
using Ipo.Benchmarks.Baselines;
using Ipo.Benchmarks.Workload;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Families.Siglip;
using Ipo.ClipScorer.Metrics;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Settings;
using Ipo.ClipScorer.Towers;
using Microsoft.Extensions.DependencyInjection;

namespace Ipo.Benchmarks.Rows;

/// <summary>SigLIP of the base shape: texts against an export that pads as SigLIP has to and computes every layer in full, and against the
/// bare products of the linear layers; JPEGs to embeddings against the bare tower.</summary>
internal static class SiglipRow
{
    public static void Run(BenchmarkOptions options, ResultTable table, int threads)
    {
        using var folder = new SiglipFolder();
        using var model = EmbeddingModel.Load(folder.Path, new() { Device = DeviceChoice.Cpu, Threads = threads });
        model.WarmUp();
        var where = $"SigLIP B/16, {Words.Threads(threads)}";
        Texts(options, table, folder.Path, model, ExecutionDevice.Cpu(threads), where);
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new ClipScorerMetrics(services.GetRequiredService<IMeterFactory>());
        using var queue = new ModelQueue(64, metrics);
        ImageRow.Run(model, queue, metrics, options.Short ? 8 : 48, options.Rounds, table, where);
    }

    private static void Texts(
        BenchmarkOptions options, ResultTable table, string folder, EmbeddingModel model, ExecutionDevice device, string where)
    {
        var config = SiglipConfig.Load(folder);
        var context = config.Text.ContextLength;
        var texts = Enumerable.Range(0, PaddedSiglipText.Batch * device.RunsAtOnce).Select(text => model.Tokenizer.Encode($"a photo of a bird, kind {text}.")).ToList();
        var embeddings = new float[texts.Count * config.EmbeddingDimension];
        using var padded = FasterOf(options, folder, device, [.. texts.Select(text => Padded(text, context))], model);
        using var products = new BareProducts(Weights.Open(folder), config.Text.Shape, "text_model.head.weight", config.EmbeddingDimension, device, 2 * device.RowsPerRun);
        var runs = TextBatches.OfOneLength([.. texts.Select(text => Padded(text, context))], device);
        products.Run(runs[0].Length, context);
        HugePages.Collapse(); // as ours
        var seconds = Interleaved.Medians(options.Rounds,
            () => model.EncodeTexts(texts, embeddings, CancellationToken.None),
            () => padded.Run(),
            () => ParallelRun.Run(runs, device.RunsAtOnce, run => products.Run(run.Length, context), CancellationToken.None));
        table.Add(new($"texts, padded to {context} as SigLIP has to", where, $"{Words.Number(texts.Count / seconds[0])} texts/s",
            $"{Words.Number(padded.Texts / seconds[1])} texts/s, every layer in full", Words.Times(seconds[1] / seconds[0]), "≥ 1×", seconds[1] >= seconds[0]));
        var gigaflops = runs.Sum(run => products.Flops(run.Length, context)) / 1e9;
        var share = seconds[2] / seconds[0];
        table.Add(new("text tower", where, $"{Words.Number(gigaflops / seconds[0])} GFLOP/s", $"{Words.Number(gigaflops / seconds[2])} GFLOP/s bare",
            Words.Percent(share), "≥ 75 %", share >= 0.75));
    }

    // Attention as one operator or as plain products: the baseline gets the faster one.
    private static PaddedSiglipText FasterOf(BenchmarkOptions options, string folder, ExecutionDevice device, IReadOnlyList<int[]> texts, EmbeddingModel model)
    {
        var fused = new PaddedSiglipText(folder, device, texts, fusedAttention: true);
        var plain = new PaddedSiglipText(folder, device, texts, fusedAttention: false);
        Check(texts, model, fused.Run());
        Check(texts, model, plain.Run());
        var seconds = Interleaved.Medians(options.Short ? 1 : 3, () => fused.Run(), () => plain.Run());
        Console.Error.WriteLine($"SigLIP's padded baseline: fused attention {Words.Milliseconds(seconds[0])}, plain {Words.Milliseconds(seconds[1])} for {fused.Texts} texts");
        var (faster, slower) = seconds[0] < seconds[1] ? (fused, plain) : (plain, fused);
        slower.Dispose();
        return faster;
    }

    // A baseline that computes something else would be worth nothing.
    private static void Check(IReadOnlyList<int[]> texts, EmbeddingModel model, float[] features)
    {
        var dimension = model.Facts.EmbeddingDimension;
        var ours = new float[PaddedSiglipText.Batch * dimension];
        model.EncodeTexts([.. texts.Take(PaddedSiglipText.Batch)], ours, CancellationToken.None);
        float[] theirs = [.. features];
        L2Norm.Scale(theirs, dimension);
        for (var at = 0; at < ours.Length; at++)
            if (!(MathF.Abs(theirs[at] - ours[at]) < 1e-5f))
                throw new InvalidOperationException("SigLIP's padded baseline gives other embeddings: it measures nothing.");
    }

    private static int[] Padded(int[] text, int context) => [.. text, .. Enumerable.Repeat(0, context - text.Length)]; // 0 is the folder's <pad>
}
