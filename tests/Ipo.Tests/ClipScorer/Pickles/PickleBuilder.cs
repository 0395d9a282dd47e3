using System.Buffers.Binary;
using System.Text;

namespace Ipo.Tests.ClipScorer.Pickles;

/// <summary>Writes a pickle of protocol 2 instruction by instruction, as Python's pickler or worse.</summary>
internal sealed class PickleBuilder
{
    private readonly List<byte> _bytes = [0x80, 2];

    public byte[] Stop() => [.. _bytes, (byte)'.'];

    /// <summary>Opcodes without arguments, by their letters.</summary>
    public PickleBuilder Op(string letters) => Raw(Encoding.Latin1.GetBytes(letters));

    public PickleBuilder Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleBuilder Global(string module, string name) => Op($"c{module}\n{name}\n");

    public PickleBuilder Text(string text)
    {
        var (utf8, length) = (Encoding.UTF8.GetBytes(text), new byte[4]);
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Op("X").Raw(length).Raw(utf8);
    }

    /// <summary>A whole number of eight bytes with its length in front.</summary>
    public PickleBuilder Number(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return Raw(0x8A, 8).Raw(bytes);
    }

    public PickleBuilder Tuple(IEnumerable<long> numbers)
    {
        Op("(");
        foreach (var number in numbers) Number(number);
        return Op("t");
    }

    /// <summary>A tensor as torch.save describes one.</summary>
    public PickleBuilder Tensor(string key, long count, long offset, long[] shape, long[] strides, string storage = "FloatStorage") =>
        Global("torch._utils", "_rebuild_tensor_v2").Op("((").Text("storage").Global("torch", storage).Text(key).Text("cpu")
            .Number(count).Op("tQ").Number(offset).Tuple(shape).Tuple(strides).Raw(0x89).Global("collections", "OrderedDict").Op(")RtR");
}
