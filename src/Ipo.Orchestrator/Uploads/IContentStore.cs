using System.Buffers;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Uploads;

/// <summary>Files that callers sent, each under the SHA-256 of its content. Several orchestrators may share one.</summary>
internal interface IContentStore
{
    /// <summary>Whether a file is there whole.</summary>
    bool Has(string sha256);

    /// <summary>The first bytes that are there of a file that is not whole.</summary>
    long ReceivedBytes(string sha256);

    /// <summary>Takes a file in, or the rest of it. It is kept once it is whole and its content has its digest; what
    /// arrived before the content breaks off stays.</summary>
    /// <param name="sha256">Its digest.</param>
    /// <param name="size">Its whole length in bytes.</param>
    /// <param name="offset">The first byte that follows.</param>
    /// <param name="content">The bytes from there on, to the end of the file.</param>
    /// <exception cref="RefusedException">The content has another digest or length, another call sends the same
    /// file, or no more is taken in.</exception>
    Task WriteAsync(
        string sha256, long size, long offset, IAsyncEnumerable<ReadOnlyMemory<byte>> content, CancellationToken cancellation);

    /// <summary>Takes a whole file in whose digest nobody has told.</summary>
    /// <returns>Its digest and its length in bytes.</returns>
    /// <exception cref="RefusedException">No more is taken in.</exception>
    Task<(string Sha256, long Size)> WriteAsync(Stream content, CancellationToken cancellation);

    /// <summary>Opens a whole file.</summary>
    Stream OpenRead(string sha256);

    /// <summary>Puts a whole file at a path that stays when the store forgets it.</summary>
    void PlaceAt(string sha256, string path);
}

/// <summary>Digests as callers write them.</summary>
internal static class Sha256Text
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <exception cref="RefusedException">It is no digest.</exception>
    public static string Check(string field, string text) => IsOne(text)
        ? text
        : throw RefusedException.InvalidField(
            field, $"is '{(text.Length > 80 ? text[..80] + "…" : text)}'; give a SHA-256 as 64 lower-case hexadecimal digits.");

    /// <summary>Whether a text is a digest.</summary>
    public static bool IsOne(ReadOnlySpan<char> text) => text.Length == 64 && !text.ContainsAnyExcept(Digits);
}
