using System.Text.Json;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Settings;

namespace Ipo.ClipScorer.Model;

/// <summary>
/// Proves at start-up that a loaded model gives the embeddings it should: those in the checkpoint's reference.json,
/// or else, on another device than the CPU, those of the towers in fp32 on the CPU.
/// </summary>
internal static class ParityProbe
{
    public const string ReferenceFile = "reference.json";

    // Largest difference of one component of an L2-normalised embedding. fp32
    // towers stay near 1e-6, fp16 ones near 1e-3.
    private const double CpuTolerance = 1e-4;
    private const double HalfTolerance = 5e-3;

    /// <returns>How far the model is from its reference; null on a CPU whose checkpoint brings none.</returns>
    /// <exception cref="CheckpointException">It is further than its precision explains.</exception>
    public static ParityResult? Run(string folder, EmbeddingModel model)
    {
        var path = Path.Combine(folder, ReferenceFile);
        ParityResult result;
        if (File.Exists(path)) result = new(ReferenceFile, AgainstReference(path, model));
        else if (model.Facts.ExecutionProvider != "cpu") result = new("cpu", AgainstCpu(folder, model));
        else return null;
        var tolerance = model.Facts.Precision == "fp16" ? HalfTolerance : CpuTolerance;
        // A NaN must fail too.
        return result.LargestError <= tolerance ? result : throw new CheckpointException(
            $"{folder}: embeddings on {model.Facts.Device} differ from {result.Against} by "
            + $"{result.LargestError:G3}; at most {tolerance:G3} is expected in {model.Facts.Precision}. "
            + "Take the checkpoint's files again; if they are whole, this device computes wrongly: "
            + $"set {ModelOptions.Section}:Device to Cpu.");
    }

    private static double AgainstReference(string path, EmbeddingModel model)
    {
        using var document = CheckpointFile.ReadJson(path);
        var (dimension, size) = (model.Facts.EmbeddingDimension, model.Facts.ImageSize);
        try
        {
            var texts = document.RootElement.GetProperty("texts").EnumerateArray()
                .Select(text => (Ids: Ids(text), Embedding: Floats(text, dimension), Text: text.GetProperty("text").GetString()!))
                .ToList();
            foreach (var text in texts)
                if (!model.Tokenizer.Encode(text.Text).SequenceEqual(text.Ids))
                    throw new CheckpointException(
                        $"{path}: \"{text.Text}\" has ids {string.Join(' ', text.Ids)} there, and "
                        + $"{model.Tokenizer.Source} give {string.Join(' ', model.Tokenizer.Encode(text.Text))}. "
                        + "Take all files from the same checkpoint.");
            var images = document.RootElement.GetProperty("images").EnumerateArray()
                .Select(image => (Index: image.GetProperty("i").GetInt32(), Embedding: Floats(image, dimension)))
                .ToList();
            var textError = TextError(texts.ConvertAll(text => text.Embedding), model, texts.ConvertAll(text => text.Ids));
            var imageError = LargestError(images.Select(image => image.Embedding),
                EncodeImages(model, images.ConvertAll(image => FormulaImage(image.Index, size))));
            return Math.Max(textError, imageError);
        }
        catch (Exception damaged) when (damaged is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new CheckpointException(
                $"{path} is not a reference of texts (text, ids, embedding) and images (i, embedding). "
                + "Take the file from the checkpoint again, or delete it to start without this check.", damaged);
        }
    }

    private static double AgainstCpu(string folder, EmbeddingModel model)
    {
        using var cpu = EmbeddingModel.LoadTowers(folder, ExecutionDevice.Cpu(0));
        var texts = model.ProbeTexts.ToList();
        var images = Enumerable.Range(0, 4).Select(index => FormulaImage(index, model.Facts.ImageSize)).ToList();
        return Math.Max(
            TextError([.. EncodeTexts(cpu, texts).Chunk(cpu.Facts.EmbeddingDimension)], model, texts),
            LargestError(EncodeImages(cpu, images).Chunk(cpu.Facts.EmbeddingDimension), EncodeImages(model, images)));
    }

    /// <summary>
    /// The test picture of reference.json, [3, size, size]: (x·(3+c) + y·(5+2c) + 17·index
    /// + ⌊x·y/(7+index)⌋) mod 256 in channel c.
    /// </summary>
    public static byte[] FormulaImage(int index, int size)
    {
        var image = new byte[3 * size * size];
        for (var c = 0; c < 3; c++)
            for (var y = 0; y < size; y++)
                for (var x = 0; x < size; x++)
                    image[(c * size + y) * size + x] = (byte)(x * (3 + c) + y * (5 + 2 * c) + 17 * index + x * y / (7 + index));
        return image;
    }

    private static float[] EncodeTexts(EmbeddingModel model, List<int[]> ids) => EncodeTexts(model, ids, 0);

    private static float[] EncodeTexts(EmbeddingModel model, List<int[]> ids, int shared)
    {
        var embeddings = new float[ids.Count * model.Facts.EmbeddingDimension];
        model.EncodeTemplate(shared == 0 ? [] : ids[0][..shared], ids.ConvertAll(text => text[shared..]), embeddings,
            CancellationToken.None);
        return embeddings;
    }

    // A card launches the operators of a shape one by one the first time, records them the second, and replays
    // them from then on: each has to be right.
    private static double TextError(IReadOnlyList<float[]> expected, EmbeddingModel model, List<int[]> ids)
    {
        var shared = ids.TrueForAll(text => text.Length > 1 && text[0] == ids[0][0]) ? 1 : 0;
        int[] runs = model.Facts.ExecutionProvider == "cpu" ? [0] : [0, shared, 0];
        return runs.Select(start => LargestError(expected, EncodeTexts(model, ids, start)))
            .Aggregate(0.0, Math.Max); // Max would pass over a NaN
    }

    private static float[] EncodeImages(EmbeddingModel model, List<byte[]> images)
    {
        var embeddings = new float[images.Count * model.Facts.EmbeddingDimension];
        model.EncodeImages([.. images.SelectMany(image => image)], images.Count, embeddings, CancellationToken.None);
        return embeddings;
    }

    private static double LargestError(IEnumerable<float[]> expected, float[] found) =>
        expected.SelectMany(row => row).Zip(found, (a, b) => Math.Abs((double)a - b)).Aggregate(0.0, Math.Max);

    private static int[] Ids(JsonElement text) => [.. text.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];

    private static float[] Floats(JsonElement entry, int dimension)
    {
        var values = entry.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()).ToArray();
        return values.Length == dimension ? values : throw new FormatException($"An embedding has {values.Length} components.");
    }
}
