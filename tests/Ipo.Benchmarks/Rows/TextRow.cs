using Ipo.Benchmarks.Baselines;
using Ipo.Benchmarks.Workload;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Scoring;

namespace Ipo.Benchmarks.Rows;

/// <summary>Templates a second with 1,000 classes, tokenizing and laying out the class matrix included, against "pad to 77, batch 64".</summary>
internal static class TextRow
{
    public static void Run(Bench bench)
    {
        var texts = bench.Classes.Names.Select(name => bench.Model.Tokenizer.Encode(TemplateList.All[0].Text.Replace(TemplatePrompts.Placeholder, name, StringComparison.Ordinal))).ToList();
        using var padded = FasterOf(bench, texts);
        // A memory of no size: every template is encoded.
        var encoder = new TemplateEncoder(bench.Model, new(bench.Model, bench.Queue, bench.Metrics), bench.Queue, 0, bench.Metrics);
        foreach (var template in TemplateList.All)
        {
            var seconds = Interleaved.Medians(bench.Options.Rounds,
                () => encoder.EncodeAsync(PromptSet.Of(template.Text), bench.Classes, CancellationToken.None).GetAwaiter().GetResult(),
                () => padded.Run());
            var paddedAll = seconds[1] * bench.Classes.Count / padded.Texts;
            var ratio = paddedAll / seconds[0];
            bench.Table.Add(new($"text: {template.Name}, {Length(bench, template)}", bench.Where,
                $"{Words.Number(1 / seconds[0])} templates/s", $"{(1 / paddedAll).ToString("F4", System.Globalization.CultureInfo.InvariantCulture)} templates/s",
                Words.Times(ratio), $"≥ {template.Target}×", ratio >= template.Target));
        }
    }

    // Attention as one operator or as plain products: which is faster differs between machines, and the baseline gets the better one.
    private static PaddedText FasterOf(Bench bench, List<int[]> texts)
    {
        var fused = new PaddedText(bench.Checkpoint.Path, bench.Device, texts, fusedAttention: true);
        var plain = new PaddedText(bench.Checkpoint.Path, bench.Device, texts, fusedAttention: false);
        Check(bench, texts, fused.Run());
        Check(bench, texts, plain.Run());
        HugePages.Collapse(); // as ours
        var seconds = Interleaved.Medians(bench.Options.Short ? 1 : 3, () => fused.Run(), () => plain.Run());
        var (faster, slower) = seconds[0] < seconds[1] ? (fused, plain) : (plain, fused);
        Console.Error.WriteLine($"padded baseline: fused attention {Words.Milliseconds(seconds[0])}, plain {Words.Milliseconds(seconds[1])} for {fused.Texts} texts");
        slower.Dispose();
        return faster;
    }

    // A baseline that computes something else would be worth nothing.
    private static void Check(Bench bench, List<int[]> texts, float[] features)
    {
        var dimension = bench.Model.Facts.EmbeddingDimension;
        var ours = new float[PaddedText.Batch * dimension];
        bench.Model.EncodeTexts(texts[..PaddedText.Batch], ours, CancellationToken.None);
        for (var text = 0; text < PaddedText.Batch; text++)
        {
            var theirs = features.AsSpan(text * dimension, dimension);
            var length = MathF.Sqrt(System.Numerics.Tensors.TensorPrimitives.Dot<float>(theirs, theirs));
            for (var at = 0; at < dimension; at++)
                if (!(MathF.Abs(theirs[at] / length - ours[text * dimension + at]) < 1e-5f))
                    throw new InvalidOperationException($"The padded baseline gives another embedding for text {text}: it measures nothing.");
        }
    }

    private static string Length(Bench bench, MeasuredTemplate template)
    {
        var prompts = bench.Prompts(template.Text);
        var suffix = prompts.Suffixes.Average(ids => ids.Length);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"mean {prompts.SharedPrefix.Length + suffix:F1} tokens, {prompts.SharedPrefix.Length} shared");
    }
}
