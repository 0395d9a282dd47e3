using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Families;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Settings;
using Ipo.ClipScorer.Text;
using Ipo.ClipScorer.Towers;
using Ipo.ClipScorer.ZeroShot;
using Ipo.ServiceDefaults.Settings;
using Microsoft.ML.OnnxRuntime;

namespace Ipo.ClipScorer.Model;

/// <summary>
/// A checkpoint of any family, ready to embed: its two towers on a device, with its tokenizer, preprocessing
/// and head. Thread-safe. Embeddings are fp32, L2-normalised, row after row; on the CPU an embedding is equal
/// to the bit whatever is encoded beside it.
/// </summary>
internal sealed class EmbeddingModel : IDisposable
{
    private readonly ICheckpoint _checkpoint;
    private readonly ITextTower _texts;
    private readonly IVisionTower _images;
    private readonly int _rowsOfFullRuns; // tokens of texts that give every run beside another its full size
    private readonly int _imagesOfFullRuns;
    private readonly int _imageBlocks;

    private EmbeddingModel(string folder, ICheckpoint checkpoint, ExecutionDevice device, ImageLimits limits)
    {
        _checkpoint = checkpoint;
        Preprocessor = new(checkpoint.Pixels, limits);
        FallbackReason = device.FallbackReason;
        Facts = new(
            CheckpointName.Of(folder),
            CheckpointDigest.Compute(checkpoint.Files),
            checkpoint.EmbeddingDimension,
            checkpoint.Pixels.Size,
            checkpoint.ContextLength,
            checkpoint.Head.LogitScale,
            checkpoint.Head.LogitBias,
            checkpoint.Head.Probability,
            device.Provider,
            device.DisplayName,
            device.Precision);
        (ImagesAtOnce, _rowsOfFullRuns) = (device.ImagesAtOnce, device.RowsPerRun * device.RunsAtOnce);
        (_imageBlocks, _imagesOfFullRuns) = (device.ImageBlocks, device.ImagesPerRun(checkpoint.ImageTokens) * device.RunsAtOnce);
        _texts = checkpoint.CreateTextTower(device);
        try
        {
            _images = checkpoint.CreateVisionTower(device, Preprocessor);
        }
        catch
        {
            _texts.Dispose();
            throw;
        }
    }

    /// <summary>What is loaded and how it runs.</summary>
    public ModelFacts Facts { get; }

    /// <summary>The checkpoint's tokenizer.</summary>
    /// <exception cref="CheckpointException">The folder holds no tokenizer files.</exception>
    public ITokenizer Tokenizer => _checkpoint.Tokenizer;

    /// <summary>From encoded images to what the vision tower takes.</summary>
    public ImagePreprocessor Preprocessor { get; }

    /// <summary>From cosines to predictions, probabilities and losses.</summary>
    public IZeroShotHead Head => _checkpoint.Head;

    /// <summary>Images that keep the device busy when they are encoded together.</summary>
    public int ImagesAtOnce { get; }

    /// <summary>Version of the graphs and of the runtime, and the precision: it changes whenever the same pixels could
    /// give other bits on the same machine.</summary>
    public string TowersVersion =>
        $"towers-{_checkpoint.VisionVersion}-ort-{OrtEnv.Instance().GetVersionString()}-{Facts.Precision}";

    /// <summary>How far the towers are from a reference; null on a CPU whose checkpoint brings none.</summary>
    public ParityResult? Parity { get; private set; }

    /// <summary>Why Auto did not take CUDA; null when it did or was not asked.</summary>
    public string? FallbackReason { get; }

    /// <summary>What no file of the checkpoint says, and how it was taken, a sentence each.</summary>
    public IReadOnlyList<string> Assumptions => _checkpoint.Assumptions;

    /// <summary>Texts by their ids to compare this model's text tower with another device's.</summary>
    internal IReadOnlyList<int[]> ProbeTexts => _checkpoint.ProbeTexts;

    /// <summary>Loads and proves a checkpoint: files, shapes, and its embeddings against the reference.</summary>
    /// <exception cref="CheckpointException">The folder is not a usable checkpoint, or the
    /// device asked for is not there.</exception>
    public static EmbeddingModel Load(string folder, ModelOptions options)
    {
        if (SettingRules.Problems(ModelOptions.Section, options).ToList() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(' ', problems), nameof(options));
        return Load(folder, options, ExecutionDevice.Choose(options));
    }

    /// <summary>Loads and proves a checkpoint on a device.</summary>
    /// <exception cref="CheckpointException">The folder is not a usable checkpoint, or not on this device.</exception>
    internal static EmbeddingModel Load(string folder, ModelOptions options, ExecutionDevice device)
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
    internal static EmbeddingModel LoadTowers(string folder, ExecutionDevice device, ImageLimits? limits = null)
    {
        if (!Directory.Exists(folder))
            throw new CheckpointException(
                $"{folder} is not a folder. Set {ModelOptions.Section}:{nameof(ModelOptions.Checkpoint)} to a "
                + "checkpoint's folder.");
        return new(folder, CheckpointFamily.Of(folder).Open(folder), device, limits ?? new());
    }

    /// <summary>Runs both towers once, with a full run on each thread, and moves what is allocated
    /// then to huge pages: the first run of a graph allocates and, on a card, chooses kernels, and
    /// no caller should wait for that.</summary>
    /// <returns>Bytes on huge pages.</returns>
    /// <exception cref="CheckpointException">The folder holds no tokenizer files.</exception>
    public long WarmUp()
    {
        var images = Math.Min(_imagesOfFullRuns, ImagesAtOnce);
        var pixels = new byte[images * Preprocessor.ValuesPerImage];
        EncodeImages(pixels, images, new float[images * Facts.EmbeddingDimension], CancellationToken.None);
        var text = Tokenizer.Encode("a photo");
        var texts = Math.Max(1, _rowsOfFullRuns / _texts.RowsOf(text.Length));
        EncodeTexts([.. Enumerable.Repeat(text, texts)], new float[texts * Facts.EmbeddingDimension], CancellationToken.None);
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
            return new(blocks, Preprocessor.ValuesPerImage, Facts.EmbeddingDimension);
        }
        catch
        {
            blocks.ForEach(block => block.Dispose());
            throw;
        }
    }

    /// <summary>Encodes images once; who encodes often keeps a feed (<see cref="NewImageFeed"/>).</summary>
    /// <param name="images">[count, 3, ImageSize, ImageSize] as
    /// <see cref="ImagePreprocessor.Crop"/> writes them.</param>
    /// <param name="count">Images.</param>
    /// <param name="embeddings">Receives [count, EmbeddingDimension].</param>
    /// <param name="cancellation">Stops the work at once.</param>
    public void EncodeImages(ReadOnlySpan<byte> images, int count, Span<float> embeddings, CancellationToken cancellation)
    {
        using var feed = NewImageFeed(Math.Clamp(count, 1, ImagesAtOnce));
        feed.Encode(images, count, embeddings, cancellation);
    }

    /// <summary>Encodes texts of any lengths: on the CPU each at its exact length.</summary>
    /// <param name="ids">For each text its ids with start and end.</param>
    /// <param name="embeddings">Receives [texts, EmbeddingDimension], in the order of <paramref name="ids"/>.</param>
    /// <param name="cancellation">Stops the work at once, on a card after the run under way.</param>
    /// <remarks>
    /// No prefix is shared here: how a text's sums are split would then depend on
    /// the other texts, and with it the last bits.
    /// </remarks>
    /// <exception cref="TextTooLongException">A text is longer than the context.</exception>
    public void EncodeTexts(IReadOnlyList<int[]> ids, Span<float> embeddings, CancellationToken cancellation) =>
        EncodeTemplate([], ids, embeddings, cancellation);

    /// <summary>Encodes texts that begin alike: a tower that can computes the shared ids once, and
    /// each text then costs only its own.</summary>
    /// <param name="sharedPrefix">The ids all texts begin with, start included. The last bits of an
    /// embedding depend on where this ends.</param>
    /// <param name="suffixes">For each text the ids behind the prefix, end included; at least one id.</param>
    /// <param name="embeddings">Receives [texts, EmbeddingDimension], in the
    /// order of <paramref name="suffixes"/>.</param>
    /// <param name="cancellation">Stops the work at once, on a card after the run under way.</param>
    /// <exception cref="TextTooLongException">A text is longer than the context.</exception>
    public void EncodeTemplate(
        int[] sharedPrefix, IReadOnlyList<int[]> suffixes, Span<float> embeddings, CancellationToken cancellation)
    {
        RequireRoom(embeddings, suffixes.Count);
        foreach (var suffix in suffixes)
            if (sharedPrefix.Length + suffix.Length is var tokens && tokens > Facts.ContextLength)
                throw new TextTooLongException(tokens, Facts.ContextLength);
        _texts.Encode(sharedPrefix, suffixes, embeddings, cancellation);
        L2Norm.Scale(embeddings, Facts.EmbeddingDimension);
    }

    public void Dispose()
    {
        _texts.Dispose();
        _images.Dispose();
    }

    private void RequireRoom(Span<float> embeddings, int count)
    {
        if (embeddings.Length != (long)count * Facts.EmbeddingDimension)
            throw new ArgumentException(
                $"Expected room for {count} embeddings of {Facts.EmbeddingDimension}, found {embeddings.Length} "
                + "values.", nameof(embeddings));
    }
}
