using System.Buffers.Binary;
using System.Security.Cryptography;
using Ipo.ClipScorer.Images;

namespace Ipo.ClipScorer.ZeroShot;

/// <summary>Labelled images as the scorer sees them: embeddings in one matrix, and the class of each.</summary>
internal sealed class ImageSet
{
    /// <summary>Takes the arrays over; the caller has checked them.</summary>
    /// <param name="digest">What <see cref="DigestOf"/> gives for the images.</param>
    /// <param name="embeddings">[images, dimension], L2-normalised.</param>
    /// <param name="dimension">Length of an embedding.</param>
    /// <param name="labels">The class of each image, from 0 below <paramref name="classCount"/>.</param>
    /// <param name="classCount">Number of classes; some may have no image here.</param>
    public ImageSet(string digest, float[] embeddings, int dimension, int[] labels, int classCount)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(embeddings.Length, labels.Length * dimension);
        (Digest, Embeddings, Dimension, Labels) = (digest, embeddings, dimension, labels);
        ClassImages = new int[classCount];
        foreach (var label in labels) ClassImages[label]++;
    }

    /// <summary>The name under which templates are scored on it: 64 hexadecimal digits.</summary>
    public string Digest { get; }

    public float[] Embeddings { get; }

    public int Dimension { get; }

    public int[] Labels { get; }

    /// <summary>Number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>Images of each class, in label order.</summary>
    public int[] ClassImages { get; }

    /// <summary>Memory of the arrays, in bytes.</summary>
    public long Bytes => 4L * (Embeddings.Length + Labels.Length + ClassImages.Length);

    /// <summary>SHA-256 over the set as the contract lays it out: the 16 ASCII bytes "ipo.image-set.1\n",
    /// then as little-endian 32-bit numbers the class count and the image count, then for each image in order
    /// its 32-byte digest and its label.</summary>
    public static string DigestOf(IReadOnlyList<ImageDigest> images, ReadOnlySpan<int> labels, int classCount)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData("ipo.image-set.1\n"u8);
        Span<byte> entry = stackalloc byte[ImageDigest.Bytes + 4];
        BinaryPrimitives.WriteInt32LittleEndian(entry, classCount);
        BinaryPrimitives.WriteInt32LittleEndian(entry[4..], images.Count);
        sha.AppendData(entry[..8]);
        for (var i = 0; i < images.Count; i++)
        {
            images[i].WriteTo(entry);
            BinaryPrimitives.WriteInt32LittleEndian(entry[ImageDigest.Bytes..], labels[i]);
            sha.AppendData(entry);
        }
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}
