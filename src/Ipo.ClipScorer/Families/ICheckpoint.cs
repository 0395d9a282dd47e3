using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Text;
using Ipo.ClipScorer.Towers;
using Ipo.ClipScorer.ZeroShot;

namespace Ipo.ClipScorer.Families;

/// <summary>
/// A checkpoint's folder as its family reads it: everything in which one family of models differs from another.
/// Caches, digests, batching, scoring and serving know a checkpoint by this alone. Each family is a folder below this
/// one, and a line in <c>CheckpointFamily</c>.
/// </summary>
internal interface ICheckpoint
{
    /// <summary>The paths of the files that decide an embedding, in the order in which the checkpoint's digest takes
    /// them. One may be missing where the family does without it.</summary>
    IReadOnlyList<string> Files { get; }

    /// <summary>The tensors of the towers.</summary>
    Weights Weights { get; }

    /// <summary>Length of an embedding.</summary>
    int EmbeddingDimension { get; }

    /// <summary>Tokens the text tower takes, start and end included.</summary>
    int ContextLength { get; }

    /// <summary>Ids that the text tower knows.</summary>
    int VocabularySize { get; }

    /// <summary>Tokens of an image in the vision tower.</summary>
    int ImageTokens { get; }

    /// <summary>Counted up whenever the same pixels could give other bits. Part of an embedding's cache key.</summary>
    int VisionVersion { get; }

    /// <summary>From a text to the ids that the text tower takes.</summary>
    /// <exception cref="CheckpointException">The folder holds no tokenizer.</exception>
    ITokenizer Tokenizer { get; }

    /// <summary>What becomes of an image before the vision tower sees it.</summary>
    PixelSettings Pixels { get; }

    /// <summary>From cosines to predictions, probabilities and losses.</summary>
    IZeroShotHead Head { get; }

    /// <summary>What no file of the checkpoint says, and how it was taken, a sentence each: for the log.</summary>
    IReadOnlyList<string> Assumptions => [];

    /// <summary>Texts of no meaning and of several lengths, by their ids: what a device's text tower
    /// is compared with the CPU's on.</summary>
    IReadOnlyList<int[]> ProbeTexts { get; }

    /// <summary>The text tower, ready to run.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape,
    /// or the device cannot run it.</exception>
    ITextTower CreateTextTower(ExecutionDevice device);

    /// <summary>The vision tower, ready to run.</summary>
    /// <param name="device">Where it runs.</param>
    /// <param name="images">Makes what the tower takes of images, by <see cref="Pixels"/>.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape,
    /// or the device cannot run it.</exception>
    IVisionTower CreateVisionTower(ExecutionDevice device, ImagePreprocessor images);
}
