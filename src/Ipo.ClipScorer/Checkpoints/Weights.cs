using System.Buffers.Binary;

namespace Ipo.ClipScorer.Checkpoints;

/// <summary>The tensors of a checkpoint: one model.safetensors, or several named
/// by model.safetensors.index.json.</summary>
internal sealed class Weights
{
    private const string Single = "model.safetensors";
    private const string Index = "model.safetensors.index.json";

    private readonly Dictionary<string, StoredTensor> _tensors;

    private Weights(string path, IReadOnlyList<string> files, IEnumerable<KeyValuePair<string, StoredTensor>> tensors)
    {
        (Path, Files, _tensors) = (path, files, []);
        foreach (var (name, tensor) in tensors)
            if (!_tensors.TryAdd(name, tensor))
                throw new CheckpointException($"{path}: tensor '{name}' stands in two files. Take the checkpoint's files again.");
        var folders = _tensors.Values.Select(tensor => System.IO.Path.GetDirectoryName(tensor.File)!).Distinct().ToList();
        if (folders.Count != 1)
            throw new CheckpointException(
                $"{path}: its tensors stand in {folders.Count} folders once links are resolved; expected one. "
                + "Put the files, not links to them, into the checkpoint's folder.");
        Folder = folders[0];
    }

    /// <summary>The folder of the files, symbolic links resolved.</summary>
    public string Folder { get; }

    /// <summary>The file that names the tensors, for messages.</summary>
    public string Path { get; }

    /// <summary>The files that hold tensors, in a fixed order.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <exception cref="CheckpointException">A file is missing, cut short, or not safetensors.</exception>
    public static Weights Open(string folder)
    {
        var single = System.IO.Path.Combine(folder, Single);
        var index = System.IO.Path.Combine(folder, Index);
        if (File.Exists(single) || !File.Exists(index))
        {
            if (!File.Exists(single) && Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.bin").Any())
                throw new CheckpointException(
                    $"{folder} holds PyTorch weights (.bin) and no {Single}. "
                    + "Take the checkpoint's safetensors file, or convert it with safetensors.torch.save_file.");
            return new(single, [single], SafetensorsFile.Read(single));
        }
        using var document = CheckpointFile.ReadJson(index);
        var json = new JsonSettings(index, document.RootElement);
        var map = json.Find("weight_map") ?? throw json.Wrong("weight_map", "an object of tensor to file", "nothing");
        var files = map.EnumerateObject().Select(entry => entry.Value.GetString()!).Distinct().Order(StringComparer.Ordinal).ToList();
        if (files.Find(file => file != System.IO.Path.GetFileName(file)) is { } outside)
            throw json.Wrong("weight_map", "file names without a folder", outside);
        var paths = files.ConvertAll(file => System.IO.Path.Combine(folder, file));
        return new(index, paths, paths.SelectMany(SafetensorsFile.Read));
    }

    /// <summary>A tensor of a tower.</summary>
    /// <exception cref="CheckpointException">It is missing, or has another shape or number format.</exception>
    public StoredTensor Require(string name, params ReadOnlySpan<long> shape)
    {
        if (!_tensors.TryGetValue(name, out var tensor))
            throw new CheckpointException(
                $"{Path} has no tensor '{name}'; expected one of shape {SafetensorsFile.Words(shape.ToArray())}. "
                + "Use a checkpoint in Hugging Face CLIPModel layout, whose config.json belongs to these weights.");
        if (!tensor.Shape.SequenceEqual(shape.ToArray()))
            throw new CheckpointException(
                $"{Path}: tensor '{name}' has shape {SafetensorsFile.Words(tensor.Shape)}; "
                + $"expected {SafetensorsFile.Words(shape.ToArray())} by config.json. "
                + "Take config.json and the weights from the same checkpoint.");
        return tensor.Format != TensorFormat.Other ? tensor
            : throw new CheckpointException(
                $"{Path}: tensor '{name}' is in a number format this program does not read; "
                + "expected F32, F16 or BF16. Save the weights in one of these.");
    }

    /// <summary>Reads a single number, stored with no axis or with one of length 1.</summary>
    /// <exception cref="CheckpointException">It is missing or not a single number.</exception>
    public float Number(string name)
    {
        var tensor = _tensors.TryGetValue(name, out var found) && found.Shape is [1] ? Require(name, 1) : Require(name);
        using var handle = File.OpenHandle(tensor.File);
        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..(int)tensor.Length];
        RandomAccess.Read(handle, bytes, tensor.Offset);
        return tensor.Format switch
        {
            TensorFormat.F32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            TensorFormat.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            _ => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
        };
    }
}
