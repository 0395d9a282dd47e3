using System.Buffers.Binary;
using System.Text.Json;

namespace Ipo.ClipScorer.Checkpoints;

/// <summary>The tensors of a checkpoint: of one file, or of several named by an index; safetensors where there are any,
/// else PyTorch's own files.</summary>
internal sealed class Weights
{
    private const string IndexSuffix = ".index.json";

    // By preference: safetensors need no reading of a pickle.
    private static readonly string[] HuggingFace = ["model.safetensors", "pytorch_model.bin"];

    // What DataParallel, training programs and torch.compile put in front of every name.
    private static readonly string[] Wrappers = ["module.", "model.", "_orig_mod."];

    private readonly Dictionary<string, StoredTensor> _tensors;

    private Weights(string path, IReadOnlyList<string> files, Dictionary<string, StoredTensor> tensors)
    {
        (Path, Files, _tensors) = (path, files, tensors);
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

    /// <summary>How many numbers stand in each format.</summary>
    public IReadOnlyDictionary<TensorFormat, long> NumbersOf => _tensors.Values.GroupBy(tensor => tensor.Format).OrderBy(same => same.Key)
        .ToDictionary(same => same.Key, same => same.Sum(tensor => tensor.Shape.Aggregate(1L, (product, axis) => product * axis)));

    /// <summary>The weights of a checkpoint in Hugging Face's layout.</summary>
    /// <exception cref="CheckpointException">A file is missing, cut short, or holds something other than weights.</exception>
    public static Weights Open(string folder) => Open(folder, HuggingFace);

    /// <summary>The weights under one of several names, the first that is there.</summary>
    /// <exception cref="CheckpointException">A file is missing, cut short, or holds something other than weights.</exception>
    public static Weights Open(string folder, params IReadOnlyList<string> names)
    {
        var path = Find(folder, names) ?? throw Missing(folder, names);
        return path.EndsWith(IndexSuffix, StringComparison.Ordinal) ? OfIndex(folder, path) : new(path, [path], Unwrapped(Read(path)));
    }

    /// <summary>Whether a folder holds Hugging Face's weights.</summary>
    public static bool AreIn(string folder) => Find(folder, HuggingFace) is not null;

    /// <summary>A tensor of a tower.</summary>
    /// <exception cref="CheckpointException">It is missing, or has another shape or number format.</exception>
    public StoredTensor Require(string name, params ReadOnlySpan<long> shape)
    {
        if (!_tensors.TryGetValue(name, out var tensor))
            throw new CheckpointException(
                $"{Path} has no tensor '{name}'; expected one of shape {StoredTensor.Words(shape.ToArray())}. {Alike(name)}"
                + "Use a checkpoint whose configuration belongs to these weights.");
        if (!tensor.Shape.SequenceEqual(shape.ToArray()))
            throw new CheckpointException(
                $"{Path}: tensor '{name}' has shape {StoredTensor.Words(tensor.Shape)}; "
                + $"expected {StoredTensor.Words(shape.ToArray())} by its configuration. "
                + "Take configuration and weights from the same checkpoint.");
        return tensor.Format != TensorFormat.Other ? tensor
            : throw new CheckpointException(
                $"{Path}: tensor '{name}' is in a number format this program does not read; "
                + "expected F32, F16 or BF16. Save the weights in one of these.");
    }

    /// <summary>A single number as a tensor, stored with no axis or with one of length 1.</summary>
    /// <exception cref="CheckpointException">It is missing or not a single number.</exception>
    public StoredTensor RequireNumber(string name) => Has(name, out var found) && found.Shape is [1] ? Require(name, 1) : Require(name);

    /// <summary>Reads a single number, stored with no axis or with one of length 1.</summary>
    /// <exception cref="CheckpointException">It is missing or not a single number.</exception>
    public float Number(string name)
    {
        var tensor = RequireNumber(name);
        var bytes = tensor.Read();
        return tensor.Format switch
        {
            TensorFormat.F32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            TensorFormat.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            _ => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
        };
    }

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Has(string name) => Has(name, out _);

    /// <summary>The same files with their tensors under other names.</summary>
    public Weights As(Dictionary<string, StoredTensor> tensors) => new(Path, Files, tensors);

    private static string? Find(string folder, IReadOnlyList<string> names) =>
        names.SelectMany(name => (string[])[name, name + IndexSuffix])
            .Select(name => System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static Weights OfIndex(string folder, string index)
    {
        using var document = CheckpointFile.ReadJson(index);
        var json = new JsonSettings(index, document.RootElement);
        if (json.Find("weight_map") is not { ValueKind: JsonValueKind.Object } map
            || map.EnumerateObject().Any(entry => entry.Value.ValueKind != JsonValueKind.String))
            throw json.Wrong("weight_map", "an object of tensor to file", json.Find("weight_map")?.GetRawText() ?? "nothing");
        var files = map.EnumerateObject().Select(entry => entry.Value.GetString()!).Distinct().Order(StringComparer.Ordinal).ToList();
        if (files.Find(file => file != System.IO.Path.GetFileName(file)) is { } outside)
            throw json.Wrong("weight_map", "file names without a folder", outside);
        var paths = files.ConvertAll(file => System.IO.Path.Combine(folder, file));
        var tensors = new Dictionary<string, StoredTensor>();
        foreach (var (name, tensor) in paths.SelectMany(Read))
            if (!tensors.TryAdd(name, tensor))
                throw new CheckpointException($"{index}: tensor '{name}' stands in two files. Take the checkpoint's files again.");
        return new(index, paths, Unwrapped(tensors));
    }

    private static Dictionary<string, StoredTensor> Read(string path) =>
        path.EndsWith(".safetensors", StringComparison.Ordinal) ? SafetensorsFile.Read(path) : PyTorchFile.Read(path);

    private static Dictionary<string, StoredTensor> Unwrapped(Dictionary<string, StoredTensor> tensors)
    {
        while (tensors.Count > 0 && Array.Find(Wrappers, IsInFrontOfAll) is { } wrapper)
            tensors = tensors.ToDictionary(entry => entry.Key[wrapper.Length..], entry => entry.Value);
        return tensors;

        bool IsInFrontOfAll(string wrapper) => tensors.Keys.All(name => name.StartsWith(wrapper, StringComparison.Ordinal));
    }

    private static CheckpointException Missing(string folder, IReadOnlyList<string> names)
    {
        var others = Directory.EnumerateFiles(folder).Select(file => System.IO.Path.GetFileName(file))
            .Where(file => System.IO.Path.GetExtension(file) is ".safetensors" or ".bin" or ".pt" or ".pth")
            .Order(StringComparer.Ordinal).Take(3).ToList();
        return new(
            $"{System.IO.Path.Combine(folder, names[0])} is missing, and so is {string.Join(" and ", names.Skip(1))}. "
            + (others.Count == 0 ? "" : $"The folder holds {string.Join(", ", others)}, which is not read under that name. ")
            + "A checkpoint is a folder with the model's configuration, weights, tokenizer and preprocessing, as the hub has them.");
    }

    private bool Has(string name, out StoredTensor found) => _tensors.TryGetValue(name, out found!);

    // A name in front of which a wrapper put its own.
    private string Alike(string name) =>
        _tensors.Keys.FirstOrDefault(other => other.EndsWith($".{name}", StringComparison.Ordinal)) is { } alike
            ? $"It has '{alike}': something wrapped the model when it was saved. Save the model's own state_dict. " : "";
}
