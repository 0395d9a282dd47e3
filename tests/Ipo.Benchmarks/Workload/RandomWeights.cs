using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ipo.Benchmarks.Workload;

/// <summary>Seeded random weights in fp32 of towers of a published shape.</summary>
internal sealed class RandomWeights
{
    private readonly List<(string Name, long[] Shape)> _tensors = [];

    public void Add(string name, params long[] shape) => _tensors.Add((name, shape));

    public void Norm(string name, int width)
    {
        Add($"{name}.weight", width);
        Add($"{name}.bias", width);
    }

    /// <summary>The twelve blocks of a tower.</summary>
    public void Blocks(string tower, int width)
    {
        for (var layer = 0; layer < 12; layer++)
        {
            var block = $"{tower}.encoder.layers.{layer}";
            Norm($"{block}.layer_norm1", width);
            foreach (var projection in new[] { "q_proj", "k_proj", "v_proj", "out_proj" }) Linear($"{block}.self_attn.{projection}", width, width);
            Norm($"{block}.layer_norm2", width);
            Linear($"{block}.mlp.fc1", 4 * width, width);
            Linear($"{block}.mlp.fc2", width, 4 * width);
        }
    }

    public void Linear(string name, int outputs, int inputs)
    {
        Add($"{name}.weight", outputs, inputs);
        Add($"{name}.bias", outputs);
    }

    /// <summary>Writes a safetensors file.</summary>
    public void Write(string path)
    {
        var offset = 0L;
        var header = new Dictionary<string, object>();
        foreach (var (name, shape) in _tensors)
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { offset, offset += Count(shape) * sizeof(float) } };
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        using var file = File.Create(path);
        file.Write(length);
        file.Write(json);
        var random = new Random(1);
        foreach (var (name, shape) in _tensors) file.Write(MemoryMarshal.AsBytes<float>(Values(name, shape, random)));
    }

    // Products keep the size of what goes in: no weight makes activations overflow or vanish, which would change what a product costs.
    private static float[] Values(string name, long[] shape, Random random)
    {
        var values = new float[Count(shape)];
        if (name is "logit_scale" or "logit_bias")
        {
            values[0] = name == "logit_scale" ? MathF.Log(100) : -10; // OpenAI's, and what SigLIP's begins with
            return values;
        }
        var isNorm = name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal);
        var spread = shape.Length == 1 ? 0.02f : MathF.Sqrt(3f / shape[1..].Aggregate(1L, (product, axis) => product * axis));
        for (var at = 0; at < values.Length; at++) values[at] = (random.NextSingle() * 2 - 1) * spread + (isNorm ? 1 : 0);
        return values;
    }

    private static long Count(long[] shape) => shape.Aggregate(1L, (product, axis) => product * axis);
}
