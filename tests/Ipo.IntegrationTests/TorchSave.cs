using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using Ipo.Tests.ClipScorer.Pickles;

namespace Ipo.IntegrationTests;

/// <summary>Writes the tensors of a safetensors file as torch.save writes a state dict: a zip archive of a pickle and, for each tensor, a part with
/// its numbers.</summary>
internal static class TorchSave
{
    private static readonly Dictionary<string, (string Storage, int Bytes)> Formats = new() { ["F32"] = ("FloatStorage", 4), ["F16"] = ("HalfStorage", 2) };

    public static void FromSafetensors(string safetensors, string path)
    {
        using var source = File.OpenRead(safetensors);
        Span<byte> length = stackalloc byte[8];
        source.ReadExactly(length);
        var header = new byte[BinaryPrimitives.ReadInt64LittleEndian(length)];
        source.ReadExactly(header);
        using var document = JsonDocument.Parse(header);
        var tensors = document.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__").ToList();

        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        var pickle = new PickleBuilder().Op("}");
        foreach (var (key, tensor) in tensors.Index())
        {
            var shape = tensor.Value.GetProperty("shape").EnumerateArray().Select(axis => axis.GetInt64()).ToArray();
            var strides = new long[shape.Length];
            for (var (axis, stride) = (shape.Length - 1, 1L); axis >= 0; stride *= shape[axis--]) strides[axis] = stride;
            pickle.Text(tensor.Name).Tensor($"{key}", shape.Aggregate(1L, (product, axis) => product * axis), 0, shape, strides, Format(tensor).Storage).Op("s");
        }
        Add("data.pkl", entry => entry.Write(pickle.Stop()));
        Add("version", entry => entry.Write("3\n"u8));
        var buffer = new byte[1 << 20];
        foreach (var (key, tensor) in tensors.Index())
        {
            var offsets = tensor.Value.GetProperty("data_offsets");
            source.Position = 8 + header.Length + offsets[0].GetInt64();
            Add($"data/{key}", entry =>
            {
                for (var left = offsets[1].GetInt64() - offsets[0].GetInt64(); left > 0;)
                {
                    var count = (int)Math.Min(left, buffer.Length);
                    source.ReadExactly(buffer, 0, count);
                    entry.Write(buffer, 0, count);
                    left -= count;
                }
            });
        }

        void Add(string name, Action<Stream> write)
        {
            using var entry = archive.CreateEntry($"pytorch_model/{name}", CompressionLevel.NoCompression).Open();
            write(entry);
        }
    }

    private static (string Storage, int Bytes) Format(JsonProperty tensor) => Formats[tensor.Value.GetProperty("dtype").GetString()!];
}
