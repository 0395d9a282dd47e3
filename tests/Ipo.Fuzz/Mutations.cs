namespace Ipo.Fuzz;

/// <summary>Small changes of an input: bits, bytes that mean much in the formats read here, extreme numbers, words, and pieces that are left
/// out, doubled, cut off or taken from another input.</summary>
internal static class Mutations
{
    private static readonly byte[] Telling =
        [0, 1, 2, 0x7F, 0x80, 0xC0, 0xED, 0xF4, 0xFF, .. "(.}]NR)tsubaeqrhjQXcKMJPK\"'\\{[:,;<>/ \t\r\n0-9eE"u8, 0x85, 0x86, 0x87, 0x88, 0x8A];
    private static readonly long[] Extremes = [0, -1, 1, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << 40];
    private static readonly byte[][] Numbers =
        [.. new[] { "0", "-1", "1e999", "-0", "2147483648", "9223372036854775808", "0.1", "1e-400", "null", "true", "NaN" }.Select(System.Text.Encoding.UTF8.GetBytes)];

    public static byte[] Of(byte[] seed, IReadOnlyList<byte[]> others, IReadOnlyList<byte[]> words, Random random)
    {
        var input = seed.ToList();
        for (var changes = 1 << Math.Min(random.Next(4), random.Next(4)); changes > 0; changes--)
        {
            if (input.Count == 0) input.Add((byte)random.Next(256));
            Change(input, others, words, random);
        }
        var longest = Math.Max(Target.LongestInput, seed.Length);
        if (input.Count > longest) input.RemoveRange(longest, input.Count - longest);
        return [.. input];
    }

    private static void Change(List<byte> input, IReadOnlyList<byte[]> others, IReadOnlyList<byte[]> words, Random random)
    {
        var at = random.Next(input.Count);
        var length = Math.Min(random.Next(1, 40), input.Count - at);
        switch (random.Next(24))
        {
            case < 4: input[at] ^= (byte)(1 << random.Next(8)); break;
            case < 6: input[at] = (byte)random.Next(256); break;
            case < 9: input[at] = Telling[random.Next(Telling.Length)]; break;
            case < 11: Overwrite(input, at, BitConverter.GetBytes(Extremes[random.Next(Extremes.Length)])[..(1 << random.Next(1, 4))]); break;
            case 11 or 12: input.RemoveRange(at, length); break;
            case 13 or 14: input.InsertRange(random.Next(input.Count), input.GetRange(at, length)); break;
            case 15: input.RemoveRange(at, input.Count - at); break; // cut short
            case 16: input.InsertRange(at, Numbers[random.Next(Numbers.Length)]); break;
            case 17: input.InsertRange(at, Enumerable.Repeat(input[at], random.Next(1, 300))); break; // deep or long
            case < 22 when words.Count > 0:
                var word = words[random.Next(words.Count)];
                if (random.Next(2) == 0) input.RemoveRange(at, Math.Min(word.Length, input.Count - at));
                input.InsertRange(at, word);
                break;
            default:
                var other = others[random.Next(others.Count)];
                if (other.Length == 0) break;
                var from = random.Next(other.Length);
                input.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(1, 200))]);
                break;
        }
    }

    private static void Overwrite(List<byte> input, int at, byte[] bytes)
    {
        for (var index = 0; index < bytes.Length && at + index < input.Count; index++) input[at + index] = bytes[index];
    }
}
