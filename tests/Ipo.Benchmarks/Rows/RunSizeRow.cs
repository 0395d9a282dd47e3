using Ipo.Benchmarks.Workload;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Towers;

namespace Ipo.Benchmarks.Rows;

/// <summary>How many rows (tokens of all items together) one run of a tower should take: large enough for the products, small enough
/// for the caches. The first is what is used.</summary>
internal static class RunSizeRow
{
    private static readonly int[] Rows = [512, 64, 128, 256, 1024, 2048];

    public static void Run(Bench bench)
    {
        var config = ClipConfig.Load(bench.Checkpoint.Path);
        var weights = Weights.Open(bench.Checkpoint.Path);
        var prompts = bench.Prompts(TemplateList.All[0].Text);
        var count = bench.Options.Short ? 8 : 32;
        var (features, seen) = (new float[prompts.Suffixes.Count * config.EmbeddingDimension], new float[count * config.EmbeddingDimension]);
        Compare(bench, "texts", rows =>
        {
            var tower = new TextTower(config, weights, bench.Device with { RowsPerRun = rows });
            return (tower, () => tower.Encode(prompts.SharedPrefix, prompts.Suffixes, features, CancellationToken.None));
        });
        Compare(bench, "images", rows =>
        {
            var shape = new ImageShape(config.Vision.ImageSize, config.Vision.Tokens, config.EmbeddingDimension);
            var device = bench.Device with { RowsPerRun = rows };
            var tower = new VisionTower(VisionGraph.Build(config, weights), weights, device, shape, bench.Model.Preprocessor);
            var block = tower.NewBlock(count);
            return (tower, () => block.Encode(count, seen, CancellationToken.None));
        });
    }

    private static void Compare(Bench bench, string what, Func<int, (IDisposable Tower, Action Work)> make)
    {
        var towers = Array.ConvertAll(Rows, rows => make(rows));
        foreach (var (_, work) in towers) work();
        HugePages.Collapse(); // as a loaded checkpoint
        var seconds = Interleaved.Medians(bench.Options.Rounds, Array.ConvertAll(towers, tower => tower.Work));
        for (var size = 0; size < Rows.Length; size++)
            bench.Table.Add(new($"rows in a run of {what}: {Rows[size]}", bench.Where, Words.Milliseconds(seconds[size]), $"{Words.Milliseconds(seconds[0])} with {Rows[0]}", Words.Times(seconds[size] / seconds[0])));
        foreach (var (tower, _) in towers) tower.Dispose();
    }
}
