using System.Text;

namespace Ipo.Orchestrator.Datasets;

/// <summary>The encoding of a list: what its byte order mark says, else UTF-8. Nothing is replaced.</summary>
internal static class ListEncoding
{
    private const int BlockBytes = 1 << 16;

    /// <summary>Decodes or throws.</summary>
    public static Encoding Of(string file)
    {
        Span<byte> head = stackalloc byte[4];
        using var stream = File.OpenRead(file);
        head = head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        return head switch
        {
            [0xFF, 0xFE, 0, 0] => new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true),
            [0xFF, 0xFE, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
            [0xFE, 0xFF, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
            _ => new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true),
        };
    }

    /// <summary>What messages call it, for instance "UTF-8".</summary>
    public static string Name(string file) => Of(file).WebName.ToUpperInvariant();

    /// <summary>The first line, from 1, that cannot be decoded; null where all can.</summary>
    public static int? UndecodableLine(string file)
    {
        var encoding = Of(file);
        var decoder = encoding.GetDecoder();
        using var stream = File.OpenRead(file);
        var bytes = new byte[BlockBytes];
        var characters = new char[encoding.GetMaxCharCount(BlockBytes)];
        while (true)
        {
            var length = stream.Read(bytes);
            try { decoder.GetChars(bytes, 0, length, characters, 0, flush: length == 0); }
            catch (DecoderFallbackException) { return LineByLine(file, encoding); }
            if (length == 0) return null;
        }
    }

    private static int LineByLine(string file, Encoding encoding)
    {
        var decoder = encoding.GetDecoder();
        using var stream = new BufferedStream(File.OpenRead(file), BlockBytes);
        var (one, characters) = (new byte[1], new char[4]);
        var line = 1;
        try
        {
            while (stream.ReadByte() is >= 0 and var value)
            {
                one[0] = (byte)value;
                line += characters.AsSpan(0, decoder.GetChars(one, 0, 1, characters, 0, flush: false)).Count('\n');
            }
            decoder.GetChars(one, 0, 0, characters, 0, flush: true);
        }
        catch (DecoderFallbackException) { return line; } // this is where
        throw new InvalidOperationException($"{file} changed while it was read.");
    }
}
