using System.Text;
using Ipo.ClipScorer.Checkpoints;

namespace Ipo.ClipScorer.Text;

/// <summary>
/// CLIP's byte pair encoding of one word, on ids. A word starts as its UTF-8 bytes, the last one marked as the word's
/// end; the pair learned earliest is merged first, everywhere in the word, until no learned pair is left.
/// </summary>
internal sealed class BytePairMerges
{
    private const string EndOfWord = "</w>";

    private readonly int[] _inside = new int[256];
    private readonly int[] _last = new int[256];
    private readonly Dictionary<(int Left, int Right), (int Rank, int Merged)> _merges;

    /// <param name="vocabulary">Symbol to id.</param>
    /// <param name="merges">Pairs of symbols in the order they were learned.</param>
    /// <param name="source">The files they come from, for messages.</param>
    /// <exception cref="CheckpointException">The vocabulary lacks a byte, a merge's part or its result.</exception>
    public BytePairMerges(
        IReadOnlyDictionary<string, int> vocabulary, IReadOnlyList<(string Left, string Right)> merges, string source)
    {
        for (var value = 0; value < 256; value++)
        {
            var symbol = SymbolOfByte((byte)value).ToString();
            _inside[value] = Id(symbol);
            _last[value] = Id(symbol + EndOfWord);
        }
        _merges = new(merges.Count);
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right) = merges[rank];
            _merges.TryAdd((Id(left), Id(right)), (rank, Id(left + right)));
        }

        int Id(string symbol) => vocabulary.TryGetValue(symbol, out var id) ? id : throw new CheckpointException(
            $"The vocabulary of {source} has no entry '{symbol}', which CLIP's byte-level BPE and its merges need. "
            + "Take the tokenizer's files from one checkpoint.");
    }

    /// <summary>
    /// The character a byte is written as in vocabulary and merges: itself where it prints, else the next code
    /// point from 256 up (GPT-2's byte-to-unicode table), so that no symbol holds white space or a control character.
    /// </summary>
    public static char SymbolOfByte(byte value)
    {
        if (Prints(value)) return (char)value;
        var next = 256;
        for (var lower = 0; lower < value; lower++)
            if (!Prints((byte)lower)) next++;
        return (char)next;

        static bool Prints(byte value) => value is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or >= 0xAE;
    }

    /// <summary>The ids of one word, which must not be empty.</summary>
    public int[] Encode(string word)
    {
        var bytes = Encoding.UTF8.GetBytes(word);
        var ids = new List<int>(bytes.Length);
        foreach (var value in bytes.AsSpan(0, bytes.Length - 1)) ids.Add(_inside[value]);
        ids.Add(_last[bytes[^1]]);
        while (EarliestPair(ids) is { } pair) MergeAll(ids, pair);
        return [.. ids];
    }

    private (int Left, int Right, int Merged)? EarliestPair(List<int> ids)
    {
        var earliest = int.MaxValue;
        (int, int, int)? pair = null;
        for (var at = 0; at + 1 < ids.Count; at++)
            if (_merges.TryGetValue((ids[at], ids[at + 1]), out var merge) && merge.Rank < earliest)
            {
                earliest = merge.Rank;
                pair = (ids[at], ids[at + 1], merge.Merged);
            }
        return pair;
    }

    private static void MergeAll(List<int> ids, (int Left, int Right, int Merged) pair)
    {
        var kept = 0;
        for (var at = 0; at < ids.Count; at++)
        {
            var merges = at + 1 < ids.Count && ids[at] == pair.Left && ids[at + 1] == pair.Right;
            ids[kept++] = merges ? pair.Merged : ids[at];
            if (merges) at++;
        }
        ids.RemoveRange(kept, ids.Count - kept);
    }
}
