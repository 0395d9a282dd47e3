using Ipo.Benchmarks.Baselines;
using Ipo.Benchmarks.Workload;
using Ipo.ClipScorer.Scoring;

namespace Ipo.Benchmarks.Rows;

/// <summary>The share of ONNX Runtime's own rate for the linear layers' products that the whole text encoder reaches: the time of the
/// bare products over the time of encoding. Attention, normalisation, activation and the prefix are in ours and not in the baseline.</summary>
internal static class GemmRow
{
    public static void Run(Bench bench)
    {
        var rowsPerRun = bench.Device.RowsPerRun;
        using var products = new BareProducts(bench.Checkpoint.Path, bench.Device, text: true, rowsPerRun);
        foreach (var template in TemplateList.All)
        {
            var prompts = bench.Prompts(template.Text);
            var runs = Runs(prompts, rowsPerRun).ToList();
            var embeddings = new float[bench.Classes.Count * bench.Model.Card.EmbeddingDimension];
            var seconds = Interleaved.Medians(bench.Options.Rounds,
                () => bench.Model.EncodeTemplate(prompts.SharedPrefix, prompts.Suffixes, embeddings, CancellationToken.None),
                () => { foreach (var (texts, length) in runs) products.Run(texts, length); });
            var gigaflops = runs.Sum(run => products.Flops(run.Texts, run.Length)) / 1e9;
            var share = seconds[1] / seconds[0];
            bench.Table.Add(new($"suffix encoder, {template.Name}", bench.Where,
                $"{Words.Number(gigaflops / seconds[0])} GFLOP/s", $"{Words.Number(gigaflops / seconds[1])} GFLOP/s bare", Words.Percent(share), "≥ 75 %", share >= 0.75));
        }
    }

    // The buckets that the text tower makes: equal lengths, so many texts a run as rows fit.
    private static IEnumerable<(int Texts, int Length)> Runs(TemplatePrompts prompts, int rowsPerRun) =>
        from bucket in prompts.Suffixes.GroupBy(suffix => suffix.Length)
        from run in bucket.Chunk(Math.Max(1, rowsPerRun / bucket.Key))
        select (run.Length, bucket.Key);
}
