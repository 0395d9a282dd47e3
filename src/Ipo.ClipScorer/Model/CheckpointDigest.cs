using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Ipo.ClipScorer.Model;

/// <summary>
/// One SHA-256 over everything that decides an embedding: configuration, weights, vocabulary, merges, preprocessing.
/// Each file goes in with its name and length, a missing one as length −1, so that no two checkpoints can read alike.
/// </summary>
internal static class CheckpointDigest
{
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Compute(string folder, Weights weights)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        foreach (var path in Files(folder, weights))
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

    private static IEnumerable<string> Files(string folder, Weights weights) =>
        [Path.Combine(folder, ClipConfig.FileName), .. weights.Files, Path.Combine(folder, "vocab.json"), Path.Combine(folder, "merges.txt"), Path.Combine(folder, "preprocessor_config.json")];

    private static void AppendLength(IncrementalHash hash, long length)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        hash.AppendData(bytes);
    }
}
