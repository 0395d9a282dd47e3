using System.Text;

namespace Ipo.Orchestrator.Datasets;

/// <summary>The encoding of a list: what its byte order mark says, else UTF-8. Nothing is replaced.</summary>
internal static class ListEncoding
{
    private const int BlockBytes = 1 << 16;

    /// <summary>Decodes or throws.</summary>
    public static Encoding Of(Stream stream)
    {
        Span<byte> head = stackalloc byte[4];
        stream.Position = 0;
        head = head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        return head switch
        {
            [0xFF, 0xFE, 0, 0] => new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true),
            [0xFF, 0xFE, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
            [0xFE, 0xFF, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
            _ => new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true),
        };
    }

    /// <summary>The first line, from 1, that cannot be decoded; null where all can.</summary>
    public static int? UndecodableLine(Stream stream, Encoding encoding)
    {
        var decoder = encoding.GetDecoder();
        stream.Position = 0;
        var bytes = new byte[BlockBytes];
        var characters = new char[encoding.GetMaxCharCount(BlockBytes)];
        while (true)
        {
            var length = stream.Read(bytes);
            try { decoder.GetChars(bytes, 0, length, characters, 0, flush: length == 0); }
            catch (DecoderFallbackException) { return LineByLine(stream, encoding); }
            if (length == 0) return null;
        }
    }

    private static int LineByLine(Stream stream, Encoding encoding)
    {
        var decoder = encoding.GetDecoder();
        stream.Position = 0;
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
        throw new InvalidOperationException("The list changed while it was read.");
    }
}
