using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Text;

namespace Ipo.ClipScorer.Model;

/// <summary>
/// A CLIP checkpoint ready to encode: two towers, tokenizer and preprocessing. Thread-safe.
/// Embeddings are fp32, L2-normalised, row after row; a text's embedding is equal to the bit whatever is encoded beside it.
/// </summary>
internal sealed class ClipModel : IDisposable
{
    /// <summary>What is loaded and how it runs.</summary>
    public ModelCard Card => throw new NotImplementedException();

    /// <summary>The checkpoint's tokenizer.</summary>
    /// <exception cref="CheckpointException">The folder holds no tokenizer files.</exception>
    public ClipTokenizer Tokenizer => throw new NotImplementedException();

    /// <summary>From encoded images to this checkpoint's pixels.</summary>
    public ImagePreprocessor Preprocessor => throw new NotImplementedException();

    /// <summary>How far the towers are from a reference; null on a CPU whose checkpoint brings none.</summary>
    public ParityResult? Parity => throw new NotImplementedException();

    /// <summary>Why Auto did not take CUDA; null when it did or was not asked.</summary>
    public string? FallbackReason => throw new NotImplementedException();

    /// <summary>Loads and proves a checkpoint: files, shapes, and its embeddings against the reference.</summary>
    /// <exception cref="CheckpointException">The folder is not a usable checkpoint, or the device asked for is not there.</exception>
    public static ClipModel Load(string folder, ClipModelOptions options) => throw new NotImplementedException();

    /// <summary>Encodes images.</summary>
    /// <param name="pixels">[count, 3, ImageSize, ImageSize] as <see cref="ImagePreprocessor.Preprocess"/> writes them.</param>
    /// <param name="count">Images.</param>
    /// <param name="embeddings">Receives [count, EmbeddingDimension].</param>
    /// <param name="ct">Stops the work at once.</param>
    public void EncodeImages(ReadOnlySpan<float> pixels, int count, Span<float> embeddings, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Encodes texts of any lengths, each at its exact length.</summary>
    /// <param name="ids">For each text its ids with start and end.</param>
    /// <param name="embeddings">Receives [texts, EmbeddingDimension], in the order of <paramref name="ids"/>.</param>
    /// <param name="ct">Stops the work at once.</param>
    /// <exception cref="TextTooLongException">A text is longer than the context.</exception>
    public void EncodeTexts(IReadOnlyList<int[]> ids, Span<float> embeddings, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Encodes texts that begin alike: the shared ids are computed once, each text then costs only its own.</summary>
    /// <param name="sharedPrefix">The ids all texts begin with, start included.</param>
    /// <param name="suffixes">For each text the ids behind the prefix, end included; at least one id.</param>
    /// <param name="embeddings">Receives [texts, EmbeddingDimension], in the order of <paramref name="suffixes"/>.</param>
    /// <param name="ct">Stops the work at once.</param>
    /// <exception cref="TextTooLongException">A text is longer than the context.</exception>
    public void EncodeTemplate(int[] sharedPrefix, IReadOnlyList<int[]> suffixes, Span<float> embeddings, CancellationToken ct) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
