using Ipo.Pickles;

namespace Ipo.ClipScorer.Pickles;

/// <summary>A tensor as a view of a storage; it never reaches over its storage's end.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Offset">Its first number there.</param>
/// <param name="Shape">Lengths of its axes; empty for a single number.</param>
/// <param name="Strides">For each axis, how many numbers lie from one index to the next; none is negative.</param>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides)
{
    // PyTorch's own limit is 64; weights have four at most.
    private const int MostAxes = 16;

    /// <summary>Numbers of the tensor.</summary>
    public long Count { get; } = Product(Shape);

    /// <summary>Numbers of the storage from its first to its last one; 0 where it has none.</summary>
    public long Extent { get; } = Product(Shape) == 0 ? 0
        : checked(1 + Shape.Zip(Strides, (length, stride) => checked((length - 1) * stride)).Sum());

    /// <summary>Whether its numbers lie one after another in row-major order.</summary>
    public bool IsContiguous
    {
        get
        {
            var expected = 1L;
            for (var axis = Shape.Length - 1; axis >= 0; axis--)
            {
                if (Shape[axis] != 1 && Strides[axis] != expected) return Count == 0;
                expected *= Shape[axis];
            }
            return true;
        }
    }

    /// <summary>From the arguments of torch._utils._rebuild_tensor_v2: storage, offset, shape, strides, and what does
    /// not concern the numbers.</summary>
    /// <exception cref="PickleException">They are no tensor's, or it would reach over its storage.</exception>
    public static PickledTensor Of(object?[] arguments)
    {
        if (arguments.Length is < 6 or > 7 || arguments[0] is not PickledStorage storage || arguments[1] is not long offset
            || Numbers(arguments[2]) is not { } shape || Numbers(arguments[3]) is not { } strides || shape.Length != strides.Length)
            throw PickleException.Damaged("a tensor is not described as PyTorch describes one");
        if (offset < 0 || shape.Any(length => length < 0) || strides.Any(stride => stride < 0))
            throw PickleException.Damaged($"{Words()}; none of these can be negative");
        try
        {
            var tensor = new PickledTensor(storage, offset, shape, strides);
            return checked(offset + tensor.Extent) <= storage.Count ? tensor
                : throw PickleException.Damaged($"{Words()} on storage '{storage.Key}', which has {storage.Count} numbers");
        }
        catch (OverflowException overflow)
        {
            throw PickleException.Damaged($"{Words()} has more numbers than can be", overflow);
        }

        string Words() => $"a tensor of shape [{string.Join(", ", shape)}], strides [{string.Join(", ", strides)}] and offset {offset}";
    }

    private static long Product(long[] shape) =>
        shape.Contains(0) ? 0 : shape.Aggregate(1L, (product, length) => checked(product * length));

    private static long[]? Numbers(object? tuple) =>
        tuple is object?[] { Length: <= MostAxes } parts && Array.TrueForAll(parts, part => part is long)
            ? Array.ConvertAll(parts, part => (long)part!) : null;
}
