using System.Buffers.Binary;
using System.Text.Json;

namespace Ipo.ClipScorer.Checkpoints;

/// <summary>Number format of a stored tensor; the names are safetensors' own.</summary>
internal enum TensorFormat
{
    F32,
    F16,
    BF16,

    /// <summary>A format no weight of a tower may have; such tensors are left alone
    /// (position ids of older checkpoints).</summary>
    Other,
}

/// <summary>Where a tensor stands.</summary>
/// <param name="File">The file, symbolic links resolved.</param>
/// <param name="Format">Number format.</param>
/// <param name="Shape">Lengths of its axes; empty for a single number.</param>
/// <param name="Offset">First byte in the file.</param>
/// <param name="Length">Bytes.</param>
internal sealed record StoredTensor(string File, TensorFormat Format, IReadOnlyList<long> Shape, long Offset, long Length);

/// <summary>Reads the header of a safetensors file (huggingface/safetensors, README, "Format") and
/// checks that it describes this file.</summary>
internal static class SafetensorsFile
{
    // safetensors' own limit.
    private const long LongestHeader = 100_000_000;

    /// <summary>Every tensor of the file by name.</summary>
    /// <exception cref="CheckpointException">The file is missing, cut short, or not safetensors.</exception>
    public static Dictionary<string, StoredTensor> Read(string path)
    {
        // A Hugging Face cache links to its blobs, and ONNX Runtime refuses external
        // data behind a link that leaves the folder.
        var file = File.Exists(path) ? Path.GetFullPath(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path) : path;
        using var stream = CheckpointFile.OpenRead(file);
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8) throw CutShort(path, 8, stream.Length);
        var headerLength = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (headerLength is < 2 or > LongestHeader)
            throw new CheckpointException(
                $"{path} is not a safetensors file: its header would have {headerLength} bytes. "
                + "Take the file from the checkpoint again; a Git LFS pointer is not the file.");
        if (8 + headerLength > stream.Length) throw CutShort(path, 8 + headerLength, stream.Length);
        var header = new byte[headerLength];
        stream.ReadExactly(header);
        try
        {
            using var document = JsonDocument.Parse(header);
            var tensors = document.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__")
                .ToDictionary(entry => entry.Name, entry => Tensor(path, file, entry.Name, entry.Value, 8 + headerLength));
            var end = tensors.Values.Select(tensor => tensor.Offset + tensor.Length).DefaultIfEmpty().Max();
            return end <= stream.Length ? tensors : throw CutShort(path, end, stream.Length);
        }
        catch (Exception notHeader) when (notHeader is JsonException or InvalidOperationException
            or KeyNotFoundException or FormatException or ArgumentException or OverflowException)
        {
            throw new CheckpointException($"{path} has a damaged safetensors header. Take the file from the checkpoint again.", notHeader);
        }
    }

    private static StoredTensor Tensor(string path, string file, string name, JsonElement entry, long dataStart)
    {
        var dtype = entry.GetProperty("dtype").GetString();
        var shape = entry.GetProperty("shape").EnumerateArray().Select(axis => axis.GetInt64()).ToArray();
        var offsets = entry.GetProperty("data_offsets");
        var (begin, end) = (offsets[0].GetInt64(), offsets[1].GetInt64());
        if (begin < 0 || end < begin || end > long.MaxValue - dataStart || shape.Any(axis => axis < 0))
            throw new CheckpointException(
                $"{path}: tensor '{name}' stands at bytes {begin} to {end} with shape {Words(shape)}, "
                + "which cannot be. Take the file from the checkpoint again.");
        var format = dtype switch
        {
            "F32" => TensorFormat.F32,
            "F16" => TensorFormat.F16,
            "BF16" => TensorFormat.BF16,
            _ => TensorFormat.Other,
        };
        var expected = checked(shape.Aggregate(1L, (product, axis) => checked(product * axis)) * (format == TensorFormat.F32 ? 4 : 2));
        if (format != TensorFormat.Other && expected != end - begin)
            throw new CheckpointException(
                $"{path}: tensor '{name}' of shape {Words(shape)} in {dtype} has {end - begin} bytes; "
                + $"expected {expected}. Take the file from the checkpoint again.");
        return new(file, format, shape, dataStart + begin, end - begin);
    }

    /// <summary>A shape for a person.</summary>
    public static string Words(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    private static CheckpointException CutShort(string path, long expected, long found) => new(
        $"{path} is cut short: expected at least {expected} bytes, found {found}. Copy or download the file again.");
}
