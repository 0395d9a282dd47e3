using System.Globalization;
using Ipo.Benchmarks.Workload;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.ZeroShot;

namespace Ipo.Benchmarks.Rows;

/// <summary>How far the fp16 graphs, those that CUDA runs, are from fp32 when the CPU runs them. A measure of precision and not of
/// speed: the CPU casts around its fp32 products, and rounds less often than a card may.</summary>
internal static class HalfRow
{
    public static void Run(Bench bench)
    {
        using var half = EmbeddingModel.LoadTowers(bench.Checkpoint.Path, bench.Device with { IsHalf = true, UsesGpuTowers = true });
        var set = ScoringRow.Set(4_000, bench.Classes.Count);
        foreach (var template in TemplateList.All)
        {
            var (exact, near) = (Encode(bench, bench.Model, template), Encode(bench, half, template));
            var largest = exact.Zip(near, (a, b) => Math.Abs(a - b)).Max();
            var (precise, rounded) = (Score(bench, set, exact), Score(bench, set, near));
            bench.Table.Add(new($"fp16 graphs on the CPU, {template.Name}", bench.Where,
                string.Create(CultureInfo.InvariantCulture, $"loss {rounded.Loss:F5} nats, accuracy {rounded.Accuracy:F4}"), string.Create(CultureInfo.InvariantCulture, $"fp32: {precise.Loss:F5}, {precise.Accuracy:F4}"),
                string.Create(CultureInfo.InvariantCulture, $"component off by {largest:G2} at most")));
        }
    }

    private static float[] Encode(Bench bench, EmbeddingModel model, MeasuredTemplate template)
    {
        var prompts = bench.Prompts(template.Text);
        var embeddings = new float[bench.Classes.Count * model.Facts.EmbeddingDimension];
        model.EncodeTemplate(prompts.SharedPrefix, prompts.Suffixes, embeddings, CancellationToken.None);
        return embeddings;
    }

    private static TemplateScore Score(Bench bench, ImageSet set, float[] embeddings) =>
        TemplateScorer.Score<RowSoftmax>(set, ClassMatrix.Pack(embeddings, bench.Classes.Count, set.Dimension), new(bench.Model.Facts.LogitScale, 0), bench.Threads, CancellationToken.None);
}
