using Ipo.ClipScorer.Pickles;
using Ipo.Pickles;

namespace Ipo.ClipScorer.Checkpoints;

/// <summary>The format of torch.save since PyTorch 1.6 (torch/serialization.py, _save): a zip archive of
/// NAME/data.pkl and, for each storage, NAME/data/KEY, not compressed.</summary>
internal static class PyTorchZip
{
    private const string Pickle = "/data.pkl";

    // That of a model of thousands of tensors has some hundred thousand bytes.
    private const int LongestPickle = 16 << 20;

    /// <exception cref="InvalidDataException">The archive is damaged, or no such one.</exception>
    /// <exception cref="PickleException">The pickle is damaged, or holds more than weights.</exception>
    public static PyTorchContent Read(Stream file)
    {
        var entries = new Dictionary<string, StorageBytes>();
        foreach (var entry in ZipDirectory.Read(file))
            if (!entries.TryAdd(entry.Name, new(entry.Offset, entry.Size, entry.IsDeflated)))
                throw new InvalidDataException("has two parts of one name. Take the file from the checkpoint again.");
        var pickles = entries.Keys
            .Where(name => name.EndsWith(Pickle, StringComparison.Ordinal) && name.IndexOf('/') == name.Length - Pickle.Length).ToList();
        if (pickles.Count != 1)
            throw new InvalidDataException("is a zip archive, but not one of torch.save. Take the file from the checkpoint again.");
        var folder = pickles[0][..^Pickle.Length];
        if (entries.ContainsKey($"{folder}/constants.pkl"))
            throw new InvalidDataException(
                "is a program (TorchScript, as OpenAI's own .pt files are). Take the checkpoint in Hugging Face CLIPModel layout.");
        if (entries.TryGetValue($"{folder}/byteorder", out var order) && !All(order).AsSpan().SequenceEqual("little"u8))
            throw new InvalidDataException("is big-endian. Save it again on a little-endian machine.");

        var pickle = new PickleReader(new MemoryStream(All(entries[pickles[0]])), new TorchNames());
        var tensors = PyTorchContent.TensorsIn(pickle.Read());
        return new(tensors, tensors.Values.Select(tensor => tensor.Storage).Distinct().ToDictionary(storage => storage.Key, Find));

        byte[] All(StorageBytes entry) => entry.Size <= LongestPickle ? entry.Read(file, 0, (int)entry.Size)
            : throw new InvalidDataException(
                $"has a description of {entry.Size} bytes; at most {LongestPickle} are read. Save the model's state_dict alone.");

        StorageBytes Find(PickledStorage storage)
        {
            if (!entries.TryGetValue($"{folder}/data/{storage.Key}", out var found))
                throw new InvalidDataException(
                    $"has no part 'data/{storage.Key}', in which tensors stand. Take the file from the checkpoint again.");
            return found.Size >= storage.Count * storage.BytesEach ? found : throw new InvalidDataException(
                $"has {found.Size} bytes in 'data/{storage.Key}'; {storage.Count * storage.BytesEach} are expected. "
                + "Take the file from the checkpoint again.");
        }
    }
}
