using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ipo.Cli.Hub;

/// <summary>The checksum that a hub lists for a file: SHA-256 of a large one (Git LFS), of a small one the SHA-1 of its Git
/// blob, which has the file's length in front.</summary>
/// <param name="Hex">Lower-case hexadecimal: 64 digits of a SHA-256, 40 of a blob.</param>
internal sealed record FileDigest(string Hex)
{
    private const int BufferBytes = 1 << 20;

    /// <summary>The digest as it is written; null if it is neither.</summary>
    public static FileDigest? Parse(string? hex) =>
        hex is { Length: 64 or 40 } && hex.All(char.IsAsciiHexDigit) ? new(hex.ToLowerInvariant()) : null;

    /// <summary>The digest of the same kind of a file on the disk.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Is told how many more bytes were read.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async Task<FileDigest> OfAsync(string path, Action<long> read, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        using var hash = IncrementalHash.CreateHash(Hex.Length == 64 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (Hex.Length == 40)
            hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {file.Length}\0")));
        var buffer = new byte[BufferBytes];
        while (await file.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            hash.AppendData(buffer, 0, count);
            read(count);
        }
        return new(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public override string ToString() => $"{(Hex.Length == 64 ? "SHA-256" : "Git blob")} {Hex}";
}
