using Ipo.Pickles;

namespace Ipo.ClipScorer.Pickles;

/// <summary>A storage: numbers of one type, one after another, somewhere else in the file.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">PyTorch's name of the type: "FloatStorage".</param>
/// <param name="Count">Numbers.</param>
internal sealed record PickledStorage(string Key, string Type, long Count)
{
    private static readonly Dictionary<string, int> BytesOfTypes = new()
    {
        ["FloatStorage"] = 4,
        ["HalfStorage"] = 2,
        ["BFloat16Storage"] = 2,
        ["DoubleStorage"] = 8,
        ["LongStorage"] = 8,
        ["IntStorage"] = 4,
        ["ShortStorage"] = 2,
        ["CharStorage"] = 1,
        ["ByteStorage"] = 1,
        ["BoolStorage"] = 1,
    };

    /// <summary>The types there are.</summary>
    public static IEnumerable<string> Types => BytesOfTypes.Keys;

    /// <summary>Bytes of one number.</summary>
    public int BytesEach => BytesOfTypes[Type];

    /// <summary>From what a pickle names a storage by: the word "storage", type, key, device, count, and in old files
    /// what it is a part of.</summary>
    /// <exception cref="PickleException">It is no such name.</exception>
    public static PickledStorage Of(object? persistentId)
    {
        if (persistentId is not object?[] { Length: 5 or 6 } parts || parts[0] is not "storage"
            || parts[1] is not TorchGlobal { StorageType: { } type } || parts[2] is not string key || parts[3] is not string
            || parts[4] is not long count)
            throw PickleException.Damaged("a storage is not named as PyTorch names one");
        if (parts.Length == 6 && parts[5] is not null)
            throw new PickleException(
                $"has storage '{key}' as a part of another, as PyTorch before 0.4 wrote. Save it again with a newer one.");
        return count >= 0 && count <= long.MaxValue / 8 ? new(key, type, count)
            : throw PickleException.Damaged($"storage '{key}' would have {count} numbers");
    }
}
