using System.Buffers.Binary;
using System.Text.Json;

namespace Ipo.ClipScorer.Checkpoints;

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
        var file = CheckpointFile.Resolve(path);
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
            or KeyNotFoundException or FormatException or ArgumentException or OverflowException
            or IndexOutOfRangeException)
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
                $"{path}: tensor '{name}' stands at bytes {begin} to {end} with shape {StoredTensor.Words(shape)}, "
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
                $"{path}: tensor '{name}' of shape {StoredTensor.Words(shape)} in {dtype} has {end - begin} bytes; "
                + $"expected {expected}. Take the file from the checkpoint again.");
        return new(file, format, shape, dataStart + begin, end - begin);
    }

    private static CheckpointException CutShort(string path, long expected, long found) => new(
        $"{path} is cut short: expected at least {expected} bytes, found {found}. Copy or download the file again.");
}
