using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Ipo.ClipScorer.Scoring;

/// <summary>The class names of a request, in label order, with a digest that stands for them in keys.</summary>
internal sealed class ClassNames
{
    public ClassNames(IReadOnlyList<string> names)
    {
        Names = names;
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var name in names)
        {
            // With the length in front, no two lists of names run together to the same bytes.
            var bytes = Encoding.UTF8.GetBytes(name);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            sha.AppendData(length);
            sha.AppendData(bytes);
        }
        Digest = Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    public IReadOnlyList<string> Names { get; }

    public int Count => Names.Count;

    /// <summary>SHA-256 over names and order.</summary>
    public string Digest { get; }
}
