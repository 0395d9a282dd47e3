using System.Buffers.Binary;
using System.Text.Json;

namespace Ipo.Orchestrator.Reports.Exports;

/// <summary>A safetensors file (huggingface/safetensors, README.md, "Format"): length of the header, the header as
/// JSON, padded with blanks to a multiple of 8, the data. Its metadata are texts, so the class names stand there as
/// JSON.</summary>
internal sealed class Safetensors() : WeightsExporter(V1.ExportFormat.Safetensors)
{
    /// <summary>Name of the tensor.</summary>
    public const string Tensor = "zeroshot_weights";

    public override byte[] Write(ZeroShotWeights weights)
    {
        const int Start = sizeof(ulong);
        var bytes = checked(4 * weights.Dimension * weights.Columns.Count);
        var header = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["__metadata__"] = new Dictionary<string, string>
            {
                ["class_names"] = JsonSerializer.Serialize(weights.ClassNames),
                ["template"] = weights.Template,
                ["checkpoint"] = weights.Model.Name,
                ["checkpoint_digest"] = weights.Model.Digest,
            },
            [Tensor] = new { dtype = "F32", shape = new[] { weights.Dimension, weights.Columns.Count }, data_offsets = new[] { 0, bytes } },
        });
        var length = ZeroShotWeights.Aligned(header.Length, 8);
        var file = new byte[Start + length + bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)length);
        file.AsSpan(Start, length).Fill((byte)' ');
        header.CopyTo(file, Start);
        weights.Write(file.AsSpan(Start + length));
        return file;
    }
}
