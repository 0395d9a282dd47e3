using System.Diagnostics.CodeAnalysis;

namespace Ipo.ClipScorer.Caching;

/// <summary>A dictionary bounded by weight that forgets what was not used for longest. Thread-safe.</summary>
/// <param name="capacity">Largest total weight kept; a single value above it is not kept at all.</param>
/// <param name="weigh">Weight of a key and its value, in the unit of <paramref name="capacity"/>.</param>
internal sealed class LeastRecentlyUsed<TKey, TValue>(long capacity, Func<TKey, TValue, long> weigh) where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _order = []; // last used first

    /// <summary>Total weight of what is kept.</summary>
    public long Weight { get; private set; }

    public int Count
    {
        get { lock (_gate) return _entries.Count; }
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var node))
            {
                value = default;
                return false;
            }
            _order.Remove(node);
            _order.AddFirst(node);
            value = node.Value.Value;
            return true;
        }
    }

    /// <summary>Keeps a value, in the place of an earlier one under the same key.</summary>
    public void Put(TKey key, TValue value)
    {
        var weight = weigh(key, value);
        lock (_gate)
        {
            if (_entries.Remove(key, out var earlier)) Forget(earlier);
            if (weight > capacity) return;
            while (Weight + weight > capacity)
            {
                var oldest = _order.Last!;
                _entries.Remove(oldest.Value.Key);
                Forget(oldest);
            }
            _entries.Add(key, _order.AddFirst(new Entry(key, value, weight)));
            Weight += weight;
        }
    }

    private void Forget(LinkedListNode<Entry> node)
    {
        _order.Remove(node);
        Weight -= node.Value.Weight;
    }

    private readonly record struct Entry(TKey Key, TValue Value, long Weight);
}

/// <summary>What entries weigh besides their numbers.</summary>
internal static class LeastRecentlyUsed
{
    /// <summary>Bytes of an entry itself: headers, the key's fields, a list node
    /// and a place in the dictionary.</summary>
    public const int EntryBytes = 150;

    /// <summary>Bytes of an entry whose key holds a text, besides its numbers.</summary>
    public static long TextBytes(string text) => EntryBytes + sizeof(char) * (long)text.Length;
}
