namespace Ipo.Pickles;

/// <summary>A dictionary of a pickle, in its order.</summary>
public sealed class PickledDictionary
{
    private readonly List<(object? Key, object? Value)> _entries = [];

    /// <summary>The entries whose keys are texts; of equal keys the last one counts, as in Python.</summary>
    public Dictionary<string, object?> ByText()
    {
        var entries = new Dictionary<string, object?>();
        foreach (var (key, value) in _entries)
            if (key is string text) entries[text] = value;
        return entries;
    }

    internal void Set(object? key, object? value) => _entries.Add((key, value));
}
