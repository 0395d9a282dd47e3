namespace Ipo.Optimization.Benchmarks;

/// <summary>The checkpoint behind every figure of the paper: OpenAI's CLIP ViT-B/16 (paper.md, section 1).</summary>
public static class PaperCheckpoint
{
    private const int EmbeddingDimension = 512, ImageSize = 224;

    // Other people's ViT-B/16 have the same sizes, so the name decides; it is the folder's.
    private static readonly string[] Names =
        ["clip-vit-base-patch16", "openai-clip-vit-base-patch16", "ViT-B-16", "ViT-B-16-openai", "openai-ViT-B-16", "CLIP-ViT-B-16"];

    /// <summary>Whether a checkpoint is the paper's, as far as its name and sizes tell.</summary>
    /// <param name="name">The checkpoint's name.</param>
    /// <param name="embeddingDimension">Length of its embeddings, in numbers.</param>
    /// <param name="imageSize">Side of its input, in pixels.</param>
    public static bool Is(string name, int embeddingDimension, int imageSize) =>
        embeddingDimension == EmbeddingDimension && imageSize == ImageSize && Names.Any(known => PaperDataset.IsCalled(name, known));

    /// <summary>What a reader must know of figures beside the paper's, as one sentence.</summary>
    /// <param name="name">The checkpoint's name.</param>
    /// <param name="embeddingDimension">Length of its embeddings, in numbers.</param>
    /// <param name="imageSize">Side of its input, in pixels.</param>
    public static string Note(string name, int embeddingDimension, int imageSize) => Is(name, embeddingDimension, imageSize)
        ? $"The checkpoint {name} is taken for the paper's, OpenAI's CLIP ViT-B/16, by its name and sizes; the paper's code ran it in "
            + "half precision."
        : $"The checkpoint is {name} and not OpenAI's CLIP ViT-B/16, with which all of the paper's figures were made: the two are not "
            + "comparable, and a difference says nothing about the method or this implementation.";
}
