using System.Buffers.Binary;
using System.Numerics;
using Ipo.ClipScorer.Pickles;
using Ipo.Pickles;

namespace Ipo.ClipScorer.Checkpoints;

/// <summary>The format of torch.save before PyTorch 1.6 (torch/serialization.py, _legacy_save): five pickles one behind
/// the other (magic number, version, machine, the object, the keys of its storages), then each storage as its count and
/// its numbers.</summary>
internal static class PyTorchLegacy
{
    private const long Version = 1001;

    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356"); // 0x1950a86a20f9469cfc6c

    /// <exception cref="PickleException">A pickle is damaged, or holds more than weights.</exception>
    /// <exception cref="EndOfStreamException">The file is cut short.</exception>
    public static PyTorchContent Read(Stream file)
    {
        file.Position = 0;
        var names = new TorchNames();
        var reader = new PickleReader(file, names);
        if (reader.Read() is not BigInteger magic || magic != Magic || reader.Read() is not Version)
            throw new PickleException("is no file of torch.save. Save the model's state_dict with torch.save.");
        if (reader.Read() is not PickledDictionary machine || machine.ByText().GetValueOrDefault("little_endian") is not true)
            throw new PickleException("is big-endian. Save it again on a little-endian machine.");
        var root = reader.Read();
        var storages = new Dictionary<string, StorageBytes>();
        foreach (var key in reader.Read() as List<object?> ?? throw PickleException.Damaged("the keys of the storages are no list"))
        {
            if (key is not string text || !names.Storages.TryGetValue(text, out var storage)
                || !storages.TryAdd(text, Next(file, storage)))
                throw PickleException.Damaged("a storage has a key that nothing else names");
        }
        var tensors = PyTorchContent.TensorsIn(root);
        return tensors.Values.All(tensor => storages.ContainsKey(tensor.Storage.Key)) ? new(tensors, storages)
            : throw PickleException.Damaged("a tensor's storage is missing");
    }

    // Where the next storage stands; the file is left behind it.
    private static StorageBytes Next(Stream file, PickledStorage storage)
    {
        Span<byte> count = stackalloc byte[8];
        file.ReadExactly(count);
        if (BinaryPrimitives.ReadInt64LittleEndian(count) is var stated && stated != storage.Count)
            throw PickleException.Damaged($"storage '{storage.Key}' has {stated} numbers; {storage.Count} are expected");
        var found = new StorageBytes(file.Position, storage.Count * storage.BytesEach, IsDeflated: false);
        if (found.Size > file.Length - found.Offset) throw new EndOfStreamException();
        file.Position += found.Size;
        return found;
    }
}
