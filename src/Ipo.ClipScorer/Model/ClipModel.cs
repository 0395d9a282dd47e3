using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Model.Cuda;
using Ipo.ClipScorer.Text;
using Microsoft.ML.OnnxRuntime;

namespace Ipo.ClipScorer.Model;

/// <summary>
/// A CLIP checkpoint ready to encode: two towers, tokenizer and preprocessing. Thread-safe.
/// Embeddings are fp32, L2-normalised, row after row; on the CPU an embedding is equal to the bit whatever is encoded beside it.
/// </summary>
internal sealed class ClipModel : IDisposable
{
    private readonly ClipConfig _config;
    private readonly ClipTokenizer? _tokenizer;
    private readonly ITextTower _texts;
    private readonly IVisionTower _images;
    private readonly string _folder;
    private readonly int _rowsOfFullRuns; // tokens of texts that give every run beside another its full size
    private readonly int _imagesOfFullRuns;
    private readonly int _imageBlocks;

    private ClipModel(string folder, ClipConfig config, Weights weights, ExecutionDevice device, ImageLimits limits)
    {
        (_folder, _config) = (folder, config);
        _tokenizer = File.Exists(Path.Combine(folder, "vocab.json")) || File.Exists(Path.Combine(folder, "merges.txt")) ? ClipTokenizer.Load(folder) : null;
        if (_tokenizer?.VocabularySize > config.Text.VocabularySize)
            throw new CheckpointException($"{folder}: vocab.json has ids up to {_tokenizer.VocabularySize - 1}, and the text tower knows {config.Text.VocabularySize} (text_config.vocab_size). Take vocab.json and config.json from the same checkpoint.");
        var settings = PixelSettings.Load(folder, config.Vision.ImageSize);
        Preprocessor = new(settings, limits);
        FallbackReason = device.FallbackReason;
        Card = new(
            Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
            CheckpointDigest.Compute(folder, weights),
            config.EmbeddingDimension,
            config.Vision.ImageSize,
            config.Text.ContextLength,
            MathF.Exp(weights.Number("logit_scale")),
            device.Provider,
            device.Words,
            device.Precision);
        (ImagesAtOnce, _rowsOfFullRuns) = (device.ImagesAtOnce, device.RowsPerRun * device.RunsAtOnce);
        (_imageBlocks, _imagesOfFullRuns) = (device.ImageBlocks, device.ImagesPerRun(config.Vision) * device.RunsAtOnce);
        _texts = device.UsesCardTowers ? new CudaTextTower(config, weights, device) : new TextTower(config, weights, device);
        try
        {
            _images = device.UsesCardTowers
                ? new CudaVisionTower(config, weights, device, settings)
                : new VisionTower(config, weights, device, Preprocessor);
        }
        catch
        {
            _texts.Dispose();
            throw;
        }
    }

    /// <summary>What is loaded and how it runs.</summary>
    public ModelCard Card { get; }

    /// <summary>The checkpoint's tokenizer.</summary>
    /// <exception cref="CheckpointException">The folder holds no tokenizer files.</exception>
    public ClipTokenizer Tokenizer => _tokenizer ?? throw new CheckpointException(
        $"{_folder} has no vocab.json and merges.txt, so texts cannot be tokenized. Take both files from the checkpoint.");

    /// <summary>From encoded images to what the vision tower takes.</summary>
    public ImagePreprocessor Preprocessor { get; }

    /// <summary>Images that keep the device busy when they are encoded together.</summary>
    public int ImagesAtOnce { get; }

    /// <summary>Version of the graphs and of the runtime, and the precision: it changes whenever the same pixels could give other bits on the same machine.</summary>
    public string TowersVersion => $"towers-{VisionGraph.Version}-ort-{OrtEnv.Instance().GetVersionString()}-{Card.Precision}";

    /// <summary>How far the towers are from a reference; null on a CPU whose checkpoint brings none.</summary>
    public ParityResult? Parity { get; private set; }

    /// <summary>Why Auto did not take CUDA; null when it did or was not asked.</summary>
    public string? FallbackReason { get; }

    /// <summary>The id a text is read at.</summary>
    public int EndId => _tokenizer?.EndId ?? _config.Text.EndId;

    /// <summary>Loads and proves a checkpoint: files, shapes, and its embeddings against the reference.</summary>
    /// <exception cref="CheckpointException">The folder is not a usable checkpoint, or the device asked for is not there.</exception>
    public static ClipModel Load(string folder, ClipModelOptions options)
    {
        if (options.Problems().ToList() is { Count: > 0 } problems) throw new ArgumentException(string.Join(' ', problems), nameof(options));
        return Load(folder, options, ExecutionDevice.Choose(options));
    }

    /// <summary>Loads and proves a checkpoint on a device.</summary>
    /// <exception cref="CheckpointException">The folder is not a usable checkpoint, or not on this device.</exception>
    internal static ClipModel Load(string folder, ClipModelOptions options, ExecutionDevice device)
    {
        var model = LoadTowers(folder, device, options.Images);
        try
        {
            model.Parity = ParityProbe.Run(folder, model);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Loads a checkpoint on a device without proving it.</summary>
    internal static ClipModel LoadTowers(string folder, ExecutionDevice device, ImageLimits? limits = null)
    {
        if (!Directory.Exists(folder))
            throw new CheckpointException($"{folder} is not a folder. Set {ClipModelOptions.Section}:Checkpoint to a checkpoint's folder in Hugging Face CLIPModel layout.");
        return new(folder, ClipConfig.Load(folder), Weights.Open(folder), device, limits ?? new());
    }

    /// <summary>Runs both towers once, with a full run on each thread, and moves what is allocated then to huge pages: the first run of a
    /// graph allocates and, on a card, chooses kernels, and no caller should wait for that.</summary>
    /// <returns>Bytes on huge pages.</returns>
    /// <exception cref="CheckpointException">The folder holds no tokenizer files.</exception>
    public long WarmUp()
    {
        var images = Math.Min(_imagesOfFullRuns, ImagesAtOnce);
        EncodeImages(new byte[images * Preprocessor.ValuesPerImage], images, new float[images * Card.EmbeddingDimension], CancellationToken.None);
        var text = Tokenizer.Encode("a photo");
        var texts = Math.Max(1, _rowsOfFullRuns / text.Length);
        EncodeTexts([.. Enumerable.Repeat(text, texts)], new float[texts * Card.EmbeddingDimension], CancellationToken.None);
        return HugePages.Collapse();
    }

    /// <summary>The way of images to the tower; the caller disposes it before the model.</summary>
    /// <param name="images">Images of a batch.</param>
    public ImageFeed NewImageFeed(int images)
    {
        var blocks = new List<IImageBlock>();
        try
        {
            while (blocks.Count < _imageBlocks) blocks.Add(_images.NewBlock(images));
            return new(blocks, Preprocessor.ValuesPerImage, Card.EmbeddingDimension);
        }
        catch
        {
            blocks.ForEach(block => block.Dispose());
            throw;
        }
    }

    /// <summary>Encodes images once; who encodes often keeps a feed (<see cref="NewImageFeed"/>).</summary>
    /// <param name="images">[count, 3, ImageSize, ImageSize] as <see cref="ImagePreprocessor.Crop"/> writes them.</param>
    /// <param name="count">Images.</param>
    /// <param name="embeddings">Receives [count, EmbeddingDimension].</param>
    /// <param name="ct">Stops the work at once.</param>
    public void EncodeImages(ReadOnlySpan<byte> images, int count, Span<float> embeddings, CancellationToken ct)
    {
        using var feed = NewImageFeed(Math.Clamp(count, 1, ImagesAtOnce));
        feed.Encode(images, count, embeddings, ct);
    }

    /// <summary>Encodes texts of any lengths: on the CPU each at its exact length.</summary>
    /// <param name="ids">For each text its ids with start and end.</param>
    /// <param name="embeddings">Receives [texts, EmbeddingDimension], in the order of <paramref name="ids"/>.</param>
    /// <param name="ct">Stops the work at once, on a card after the run under way.</param>
    /// <remarks>
    /// No prefix is shared here: how a text's sums are split would then depend on the other texts, and with it the last bits.
    /// </remarks>
    /// <exception cref="TextTooLongException">A text is longer than the context.</exception>
    public void EncodeTexts(IReadOnlyList<int[]> ids, Span<float> embeddings, CancellationToken ct) => EncodeTemplate([], ids, embeddings, ct);

    /// <summary>Encodes texts that begin alike: the shared ids are computed once, each text then costs only its own.</summary>
    /// <param name="sharedPrefix">The ids all texts begin with, start included. The last bits of an embedding depend on where this ends.</param>
    /// <param name="suffixes">For each text the ids behind the prefix, end included; at least one id.</param>
    /// <param name="embeddings">Receives [texts, EmbeddingDimension], in the order of <paramref name="suffixes"/>.</param>
    /// <param name="ct">Stops the work at once, on a card after the run under way.</param>
    /// <exception cref="TextTooLongException">A text is longer than the context.</exception>
    public void EncodeTemplate(int[] sharedPrefix, IReadOnlyList<int[]> suffixes, Span<float> embeddings, CancellationToken ct)
    {
        RequireRoom(embeddings, suffixes.Count);
        // A text is read at its first end id, as in OpenAI's model; one that ends inside the prefix is the same text for every suffix.
        var prefixEnd = Array.IndexOf(sharedPrefix, EndId);
        var prefix = prefixEnd < 0 ? sharedPrefix : sharedPrefix[..prefixEnd];
        var texts = new int[suffixes.Count][];
        for (var text = 0; text < texts.Length; text++)
        {
            var end = prefixEnd < 0 ? Array.IndexOf(suffixes[text], EndId) : 0;
            if (end < 0) throw new ArgumentException($"Text {text} has no end id, {EndId}.", nameof(suffixes));
            var tokens = sharedPrefix.Length + suffixes[text].Length;
            if (tokens > Card.ContextLength) throw new TextTooLongException(tokens, Card.ContextLength);
            texts[text] = prefixEnd < 0 ? suffixes[text][..(end + 1)] : [EndId];
            RequireKnown(texts[text]);
        }
        RequireKnown(prefix);
        _texts.Encode(prefix, texts, embeddings, ct);
        UnitLength.Scale(embeddings, Card.EmbeddingDimension);
    }

    public void Dispose()
    {
        _texts.Dispose();
        _images.Dispose();
    }

    private void RequireRoom(Span<float> embeddings, int count)
    {
        if (embeddings.Length != (long)count * Card.EmbeddingDimension)
            throw new ArgumentException($"Expected room for {count} embeddings of {Card.EmbeddingDimension}, found {embeddings.Length} values.", nameof(embeddings));
    }

    private void RequireKnown(int[] ids)
    {
        foreach (var id in ids)
            if ((uint)id >= (uint)_config.Text.VocabularySize) throw new ArgumentOutOfRangeException(nameof(ids), id, $"The text tower knows ids below {_config.Text.VocabularySize}.");
    }
}
