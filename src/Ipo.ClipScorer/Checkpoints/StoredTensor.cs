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
internal sealed record StoredTensor(string File, TensorFormat Format, IReadOnlyList<long> Shape, long Offset, long Length)
{
    /// <summary>Reads the bytes of a tensor that does not stand in the file as it is, but compressed or with its
    /// numbers elsewhere than one after another; null where it does. They are read when a graph is built.</summary>
    public Func<byte[]>? Copy { get; init; }

    /// <summary>The tensor's bytes: its numbers in row-major order, little-endian.</summary>
    public byte[] Read()
    {
        if (Copy is not null) return Copy();
        using var stream = CheckpointFile.OpenRead(File);
        var bytes = new byte[Length];
        stream.Position = Offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Some of its rows: indices of its first axis.</summary>
    public StoredTensor Rows(long first, long count)
    {
        var (from, length) = (first * (Length / Shape[0]), count * (Length / Shape[0]));
        return this with
        {
            Shape = [count, .. Shape.Skip(1)],
            Offset = Offset + from,
            Length = length,
            Copy = Copy is { } copy ? () => copy()[(int)from..(int)(from + length)] : null,
        };
    }

    /// <summary>A matrix with its axes exchanged.</summary>
    public StoredTensor Transposed() => this with
    {
        Shape = [Shape[1], Shape[0]],
        Copy = () => RowMajor.Of(Read(), (int)(Length / (Shape[0] * Shape[1])), [Shape[1], Shape[0]], [1, Shape[1]]),
    };

    /// <summary>A shape for a person.</summary>
    public static string Words(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
