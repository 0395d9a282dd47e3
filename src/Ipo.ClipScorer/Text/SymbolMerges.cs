using System.Runtime.InteropServices;
using System.Text;

namespace Ipo.ClipScorer.Text;

/// <summary>Byte pair encoding over the characters of a whole text, as in SentencePiece's BPE models: a character that is no
/// symbol falls to its UTF-8 bytes; the pair learned earliest is merged first, the leftmost of equals, until no learned
/// pair is left. A text may be long and is one word, so pairs wait in a queue: n log n steps.</summary>
/// <param name="characters">Character to id.</param>
/// <param name="bytes">The ids of the 256 bytes.</param>
/// <param name="merges">Pair of ids to the rank at which it was learned and the id it becomes.</param>
internal sealed class SymbolMerges(
    IReadOnlyDictionary<Rune, int> characters, IReadOnlyList<int> bytes,
    IReadOnlyDictionary<(int Left, int Right), (int Rank, int Merged)> merges)
{
    private const int None = -1;

    /// <summary>Adds the ids of a text.</summary>
    public void Encode(string text, List<int> ids)
    {
        var symbols = CollectionsMarshal.AsSpan(Symbols(text));
        var waiting = new PriorityQueue<(int At, int Merged), (int Rank, int At)>();
        for (var at = 0; at + 1 < symbols.Length; at++) Ask(symbols, at, waiting);
        while (waiting.TryDequeue(out var pair, out _))
        {
            ref var left = ref symbols[pair.At];
            // Its symbols may have been merged with others meanwhile.
            if (left.Id == None || left.Next == None || Merge(left, symbols[left.Next])?.Merged != pair.Merged) continue;
            ref var right = ref symbols[left.Next];
            left = left with { Id = pair.Merged, Next = right.Next };
            right = right with { Id = None };
            if (left.Next != None) symbols[left.Next] = symbols[left.Next] with { Previous = pair.At };
            Ask(symbols, pair.At, waiting);
            if (left.Previous != None) Ask(symbols, left.Previous, waiting);
        }
        for (var at = 0; at < symbols.Length && at != None; at = symbols[at].Next) ids.Add(symbols[at].Id);
    }

    private List<Symbol> Symbols(string text)
    {
        var symbols = new List<Symbol>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (characters.TryGetValue(rune, out var id)) Add(id);
            else
                foreach (var value in utf8[..rune.EncodeToUtf8(utf8)]) Add(bytes[value]);
        }
        if (symbols.Count > 0) symbols[^1] = symbols[^1] with { Next = None };
        return symbols;

        void Add(int id) => symbols.Add(new(id, symbols.Count - 1, symbols.Count + 1));
    }

    // Puts the pair that begins here into the queue, where it is a learned one.
    private void Ask(ReadOnlySpan<Symbol> symbols, int at, PriorityQueue<(int, int), (int, int)> waiting)
    {
        if (symbols[at].Next != None && Merge(symbols[at], symbols[symbols[at].Next]) is { } merge)
            waiting.Enqueue((at, merge.Merged), (merge.Rank, at));
    }

    private (int Rank, int Merged)? Merge(Symbol left, Symbol right) =>
        merges.TryGetValue((left.Id, right.Id), out var merge) ? merge : null;

    // One that was merged into its left neighbour has no id.
    private readonly record struct Symbol(int Id, int Previous, int Next);
}
