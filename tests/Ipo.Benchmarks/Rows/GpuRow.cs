using System.Globalization;
using Ipo.Benchmarks.Baselines;
using Ipo.Benchmarks.Workload;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Graphs;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Settings;
using Ipo.ClipScorer.ZeroShot;

namespace Ipo.Benchmarks.Rows;

/// <summary>The towers on a CUDA card in fp16: texts and images a second, from ids and bytes in the process's memory to normalised
/// embeddings in it, and how far the scores are from those of the CPU in fp32. Baselines/pytorch_clip.py measures PyTorch's CLIPModel
/// on the same card in the same way. Without a card the row says why there is none.</summary>
internal static class GpuRow
{
    private const int Images = 1_024;
    private const int PyTorchBatch = 256;

    public static void Run(Bench bench)
    {
        ExecutionDevice device;
        try
        {
            device = ExecutionDevice.Choose(new() { Device = DeviceChoice.Cuda });
        }
        catch (CheckpointException missing)
        {
            bench.Table.Add(new("GPU", bench.Where, "not measured", "", "", missing.Message));
            return;
        }
        using var model = EmbeddingModel.LoadTowers(bench.Checkpoint.Path, device);
        var shape = ClipConfig.Load(bench.Checkpoint.Path).Text.Shape;
        foreach (var template in TemplateList.All) Texts(bench, model, shape, template);
        Pictures(bench, model, model.ImagesAtOnce); // as the service takes them
        Pictures(bench, model, PyTorchBatch);
    }

    private static void Texts(Bench bench, EmbeddingModel model, TransformerShape shape, MeasuredTemplate template)
    {
        var prompts = bench.Prompts(template.Text);
        var (near, exact) = (new float[bench.Classes.Count * model.Facts.EmbeddingDimension], new float[bench.Classes.Count * model.Facts.EmbeddingDimension]);
        var seconds = Median(bench, () => model.EncodeTemplate(prompts.SharedPrefix, prompts.Suffixes, near, CancellationToken.None));
        bench.Model.EncodeTemplate(prompts.SharedPrefix, prompts.Suffixes, exact, CancellationToken.None);
        var set = ScoringRow.Set(4_000, bench.Classes.Count);
        var (rounded, precise) = (Score(near), Score(exact));
        var off = near.Zip(exact, (a, b) => Math.Abs(a - b)).Max();
        // What has to be multiplied: no padding, and what all share once.
        var flops = BareProducts.Flops(shape, model.Facts.EmbeddingDimension, prompts.SharedPrefix.Length + prompts.Suffixes.Sum(suffix => suffix.Length), bench.Classes.Count);
        bench.Table.Add(new($"GPU, fp16, texts: {template.Name}", bench.Shape.Name, $"{Words.Number(bench.Classes.Count / seconds)} texts/s",
            $"{Words.Milliseconds(seconds)} for {bench.Classes.Count:N0} classes, {Words.Number(flops / seconds / 1e12)} TFLOP/s",
            string.Create(CultureInfo.InvariantCulture, $"component off by {off:G2}, loss by {Math.Abs(rounded.Loss - precise.Loss):G2} nats, accuracy by {Math.Abs(rounded.Accuracy - precise.Accuracy):G2}")));

        TemplateScore Score(float[] embeddings) => TemplateScorer.Score<RowSoftmax>(
            set, ClassMatrix.Pack(embeddings, bench.Classes.Count, set.Dimension), new(bench.Model.Facts.LogitScale, 0), bench.Threads, CancellationToken.None);
    }

    private static void Pictures(Bench bench, EmbeddingModel model, int batch)
    {
        var (bytes, dimension) = (model.Preprocessor.ValuesPerImage, model.Facts.EmbeddingDimension);
        var images = new byte[Images * bytes];
        new Random(4).NextBytes(images);
        var (near, exact) = (new float[Images * dimension], new float[16 * dimension]);
        using var feed = model.NewImageFeed(batch);
        var seconds = Median(bench, () => feed.Encode(images, Images, near, CancellationToken.None));
        bench.Model.EncodeImages(images.AsSpan(0, 16 * bytes), 16, exact, CancellationToken.None);
        var off = exact.Zip(near, (a, b) => Math.Abs(a - b)).Max();
        bench.Table.Add(new($"GPU, fp16, images as bytes, {batch} in a batch", bench.Shape.Name,
            $"{Words.Number(Images / seconds)} images/s", $"{Words.Milliseconds(seconds)} for {Images:N0}",
            string.Create(CultureInfo.InvariantCulture, $"component off by {off:G2}")));
    }

    // The first run allocates and chooses kernels, and the second is recorded.
    private static double Median(Bench bench, Action work)
    {
        for (var warming = 0; warming < 3; warming++) work();
        return Interleaved.Medians(4 * bench.Options.Rounds, work)[0];
    }
}
