namespace Ipo.Samples.Files;

/// <summary>
/// Deflate (RFC 1951) with fixed Huffman codes and one-step hashing. The runtime's and Skia's own compressors pick code paths by
/// processor and version, so their bytes are not promised; these are. Files come out somewhat larger.
/// </summary>
internal sealed class Deflate
{
    private static readonly (int Base, int Extra)[] Lengths =
    [
        (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1), (17, 1), (19, 2), (23, 2), (27, 2),
        (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4), (115, 4), (131, 5), (163, 5), (195, 5), (227, 5), (258, 0),
    ];

    private static readonly (int Base, int Extra)[] Distances =
    [
        (1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (7, 1), (9, 2), (13, 2), (17, 3), (25, 3), (33, 4), (49, 4), (65, 5), (97, 5), (129, 6),
        (193, 6), (257, 7), (385, 7), (513, 8), (769, 8), (1025, 9), (1537, 9), (2049, 10), (3073, 10), (4097, 11), (6145, 11), (8193, 12),
        (12289, 12), (16385, 13), (24577, 13),
    ];

    private static readonly (uint Code, int Width)[] Symbols = [.. Enumerable.Range(0, 288).Select(FixedCode)];

    private readonly List<byte> output = [];
    private uint held;
    private int count;

    public static byte[] Compress(ReadOnlySpan<byte> input)
    {
        var stream = new Deflate();
        stream.Bits(0b011, 3); // the only and last block, fixed codes
        var seen = new int[1 << 14];
        Array.Fill(seen, -1);
        for (var at = 0; at < input.Length;)
        {
            var length = 0;
            var from = -1;
            if (at + 4 <= input.Length)
            {
                var key = (int)(BitConverter.ToUInt32(input[at..]) * 2654435761u >> 18);
                (from, seen[key]) = (seen[key], at);
                if (from >= 0 && at - from <= 32768)
                    while (length < 258 && at + length < input.Length && input[from + length] == input[at + length]) length++;
            }
            if (length >= 4)
            {
                stream.Length(length);
                stream.Distance(at - from);
                at += length;
            }
            else stream.Symbol(input[at++]);
        }
        stream.Symbol(256);
        stream.Bits(0, 7); // the last bits fill their byte
        return [.. stream.output];
    }

    private void Symbol(int symbol)
    {
        var (code, width) = Symbols[symbol];
        Bits(code, width);
    }

    private void Length(int length)
    {
        var code = Lengths.Length - 1;
        while (Lengths[code].Base > length) code--;
        Symbol(257 + code);
        Bits((uint)(length - Lengths[code].Base), Lengths[code].Extra);
    }

    private void Distance(int distance)
    {
        var code = Distances.Length - 1;
        while (Distances[code].Base > distance) code--;
        Bits(Reversed(code, 5), 5);
        Bits((uint)(distance - Distances[code].Base), Distances[code].Extra);
    }

    private static (uint Code, int Width) FixedCode(int symbol) => symbol switch
    {
        < 144 => (Reversed(0x30 + symbol, 8), 8),
        < 256 => (Reversed(0x190 + symbol - 144, 9), 9),
        < 280 => (Reversed(symbol - 256, 7), 7),
        _ => (Reversed(0xC0 + symbol - 280, 8), 8),
    };

    // Huffman codes go in with their first bit first, all else with the last bit first.
    private static uint Reversed(int code, int width)
    {
        var reversed = 0u;
        for (var bit = 0; bit < width; bit++) reversed |= ((uint)code >> bit & 1) << (width - 1 - bit);
        return reversed;
    }

    private void Bits(uint value, int width)
    {
        held |= value << count;
        for (count += width; count >= 8; count -= 8)
        {
            output.Add((byte)held);
            held >>= 8;
        }
    }
}
