using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Ipo.Pickles;

/// <summary>Reads what stands behind a pickle's opcodes. Nothing is read ahead, and nothing longer than a name is
/// allocated, whatever length the file states.</summary>
internal sealed class PickleBytes(Stream file)
{
    // The longest names of tensors have some hundred bytes, and paths hardly more.
    private const int LongestText = 4096;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public byte Byte() => file.ReadByte() is var value and >= 0 ? (byte)value : throw Ends();

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Exactly(stackalloc byte[2]));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Exactly(stackalloc byte[4]));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Exactly(stackalloc byte[4]));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Exactly(stackalloc byte[8]));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Exactly(stackalloc byte[8]));

    /// <summary>A whole number with its length in front: a long where it fits one, else a BigInteger.</summary>
    public object Long()
    {
        Span<byte> bytes = stackalloc byte[255];
        var number = new BigInteger(Exactly(bytes[..Byte()]));
        return number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number;
    }

    /// <summary>A text with its length in front, in four bytes.</summary>
    public string Text() => Text(UInt32());

    /// <summary>A text with its length in front, in one byte.</summary>
    public string ShortText() => Text(Byte());

    private string Text(uint length) => length <= LongestText ? Decode(Exactly(new byte[length]))
        : throw PickleException.Damaged($"a text of {length} bytes; the longest that is read has {LongestText}");

    /// <summary>A line, without its end.</summary>
    public string Line()
    {
        Span<byte> line = stackalloc byte[LongestText];
        for (var length = 0; length < line.Length; length++)
            if ((line[length] = Byte()) == '\n') return Decode(line[..length]);
        throw PickleException.Damaged($"a line of more than {LongestText} bytes");
    }

    private ReadOnlySpan<byte> Exactly(Span<byte> bytes) =>
        file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length ? bytes : throw Ends();

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        try { return Utf8.GetString(bytes); }
        catch (DecoderFallbackException notText) { throw PickleException.Damaged("a text that is no UTF-8", notText); }
    }

    private static PickleException Ends() => PickleException.Damaged("it ends in the middle");
}
