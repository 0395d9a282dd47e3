using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Ipo.ClipScorer.Checkpoints;

/// <summary>
/// One SHA-256 over everything that decides an embedding: configuration, weights, vocabulary, merges, preprocessing.
/// Each file goes in with its name and length, a missing one as length −1, so that no two checkpoints can read alike.
/// </summary>
internal static class CheckpointDigest
{
    /// <param name="files">The paths of the files, in the family's order.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Compute(IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        foreach (var path in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(path) + '\n'));
            if (!File.Exists(path))
            {
                AppendLength(hash, -1);
                continue;
            }
            using var stream = CheckpointFile.OpenRead(path);
            AppendLength(hash, stream.Length);
            while (stream.Read(buffer) is var read and > 0) hash.AppendData(buffer, 0, read);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendLength(IncrementalHash hash, long length)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        hash.AppendData(bytes);
    }
}
