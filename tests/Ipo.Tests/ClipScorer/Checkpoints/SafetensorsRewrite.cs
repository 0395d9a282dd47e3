using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Ipo.Tests.ClipScorer.Checkpoints;

/// <summary>Rewrites a safetensors file for a test.</summary>
internal static class SafetensorsRewrite
{
    /// <summary>Changes the header and leaves the data.</summary>
    public static void Header(string path, Action<JsonObject> edit)
    {
        var (header, data) = Read(path);
        edit(header);
        Write(path, header, data);
    }

    /// <summary>Stores every F32 tensor as F16 or BF16 (cut, not rounded).</summary>
    public static void ToFormat(string path, string format)
    {
        var (header, data) = Read(path);
        var converted = new MemoryStream();
        Span<byte> two = stackalloc byte[2];
        foreach (var (name, tensor) in header.ToList())
        {
            if (name == "__metadata__") continue;
            var (begin, end) = ((int)tensor!["data_offsets"]![0]!, (int)tensor["data_offsets"]![1]!);
            var start = converted.Length;
            for (var at = begin; at < end; at += 4)
            {
                var value = BinaryPrimitives.ReadSingleLittleEndian(data.AsSpan(at));
                if (format == "F16") BinaryPrimitives.WriteHalfLittleEndian(two, (Half)value);
                else BinaryPrimitives.WriteUInt16LittleEndian(two, (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
                converted.Write(two);
            }
            tensor["dtype"] = format;
            tensor["data_offsets"] = new JsonArray(start, converted.Length);
        }
        Write(path, header, converted.ToArray());
    }

    private static (JsonObject Header, byte[] Data) Read(string path)
    {
        var file = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        return (JsonNode.Parse(file.AsSpan(8, length))!.AsObject(), file[(8 + length)..]);
    }

    private static void Write(string path, JsonObject header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header.ToJsonString());
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(path, [.. length, .. json, .. data]);
    }
}
