using Google.Protobuf;
using Ipo.Images;
using Ipo.Orchestrator.Errors;
using Microsoft.Extensions.Caching.Memory;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Images made small, for pages of many of them; the newest are kept in memory.</summary>
internal sealed class Thumbnails : IDisposable
{
    private const int DefaultSize = 192;
    private const int Quality = 80;
    private const int MostAtOnce = 2; // the largest picture takes 256 MB while it is decoded
    private const long MostBytes = 64 * 1024 * 1024; // some 10,000 of the default size

    private static readonly int[] Sizes = [96, DefaultSize, 384];

    private readonly MemoryCache _made = new(new MemoryCacheOptions { SizeLimit = MostBytes });
    private readonly SemaphoreSlim _turn = new(MostAtOnce);

    /// <summary>The size that a request asks for, in pixels of the longer side.</summary>
    /// <exception cref="RefusedException">It is none of them.</exception>
    public static int SizeOf(int asked) => asked == 0 ? DefaultSize
        : Sizes.Contains(asked) ? asked
        : throw RefusedException.InvalidField("size", $"is {asked}; it takes {string.Join(", ", Sizes)}, or 0 for {DefaultSize}.");

    /// <summary>An image as a JPEG.</summary>
    /// <param name="image">The image.</param>
    /// <param name="size">Its longer side at most, in pixels.</param>
    /// <param name="read">Reads its file.</param>
    /// <exception cref="RefusedException">The file is damaged or over a limit.</exception>
    public async Task<ByteString> GetAsync(
        DatasetImage image, int size, Func<CancellationToken, Task<ByteString>> read, CancellationToken cancellation)
    {
        if (_made.TryGetValue<ByteString>((image.Sha256, size), out var made)) return made!;
        await _turn.WaitAsync(cancellation);
        try
        {
            var content = await read(cancellation);
            var jpeg = UnsafeByteOperations.UnsafeWrap(ImageFile.Check(content.Memory).ToJpeg(size, Quality));
            return _made.Set((image.Sha256, size), jpeg, new MemoryCacheEntryOptions { Size = jpeg.Length });
        }
        catch (ImageRejectedException rejected)
        {
            throw RefusedException.Forbidden($"The image '{image.Path}' cannot be shown small: {rejected.Message}");
        }
        finally { _turn.Release(); }
    }

    public void Dispose()
    {
        _made.Dispose();
        _turn.Dispose();
    }
}
