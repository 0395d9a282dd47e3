using Ipo.Benchmarks.Baselines;
using Ipo.Benchmarks.Workload;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Towers;

namespace Ipo.Benchmarks.Rows;

/// <summary>The share of ONNX Runtime's own rate for the linear layers' products that the whole text encoder reaches: the time of the
/// bare products over the time of encoding. Attention, normalisation, activation and the prefix are in ours and not in the baseline.</summary>
internal static class GemmRow
{
    public static void Run(Bench bench)
    {
        using var products = BareProducts.OfClip(bench.Checkpoint.Path, bench.Device, 2 * bench.Device.RowsPerRun);
        products.Run(bench.Device.RowsPerRun, 1);
        HugePages.Collapse(); // as ours
        foreach (var template in TemplateList.All)
        {
            var prompts = bench.Prompts(template.Text);
            var runs = TextBatches.OfOneLength(prompts.Suffixes, bench.Device).Select(run => (Texts: run.Length, prompts.Suffixes[run[0]].Length)).ToList();
            var embeddings = new float[bench.Classes.Count * bench.Model.Facts.EmbeddingDimension];
            var seconds = Interleaved.Medians(bench.Options.Rounds,
                () => bench.Model.EncodeTemplate(prompts.SharedPrefix, prompts.Suffixes, embeddings, CancellationToken.None),
                () => ParallelRun.Run(runs, bench.Device.RunsAtOnce, run => products.Run(run.Texts, run.Length), CancellationToken.None));
            var gigaflops = runs.Sum(run => products.Flops(run.Texts, run.Length)) / 1e9;
            var share = seconds[1] / seconds[0];
            bench.Table.Add(new($"suffix encoder, {template.Name}", bench.Where,
                $"{Words.Number(gigaflops / seconds[0])} GFLOP/s", $"{Words.Number(gigaflops / seconds[1])} GFLOP/s bare", Words.Percent(share), "≥ 75 %", share >= 0.75));
        }
    }
}
