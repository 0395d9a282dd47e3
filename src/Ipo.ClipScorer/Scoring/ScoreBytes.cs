using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ipo.ClipScorer.ZeroShot;

namespace Ipo.ClipScorer.Scoring;

/// <summary>A score as bytes: accuracy and loss (fp64), tokens, the number of classes and of images (int32), then for each class its right
/// images, for each image the predicted class (int32), its loss and its probability (fp32); all little-endian.</summary>
internal static class ScoreBytes
{
    private const int HeadBytes = 2 * sizeof(double) + 3 * sizeof(int);

    public static byte[] Of(TemplateScore score)
    {
        var bytes = new byte[HeadBytes + score.Bytes];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, score.Accuracy);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(8), score.Loss);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), score.PromptTokens);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), score.ClassCorrect.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), score.Predicted.Length);
        var rest = bytes.AsSpan(HeadBytes);
        foreach (var numbers in (int[][])[score.ClassCorrect, score.Predicted]) rest = Write(numbers, rest);
        foreach (var numbers in (float[][])[score.Losses, score.TopProbabilities]) rest = Write(numbers, rest);
        return bytes;
    }

    /// <summary>Reads a score of so many classes and images.</summary>
    /// <returns>Null where the bytes are no such score.</returns>
    public static TemplateScore? Read(ReadOnlySpan<byte> bytes, int classes, int images)
    {
        if (bytes.Length != HeadBytes + 4L * (classes + 3L * images)
            || BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]) != classes
            || BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]) != images)
            return null;
        var rest = bytes[HeadBytes..];
        return new(
            BinaryPrimitives.ReadDoubleLittleEndian(bytes), BinaryPrimitives.ReadDoubleLittleEndian(bytes[8..]),
            Read<int>(ref rest, classes), Read<int>(ref rest, images), Read<float>(ref rest, images), Read<float>(ref rest, images),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]));
    }

    private static Span<byte> Write<T>(T[] numbers, Span<byte> to) where T : struct
    {
        var bytes = MemoryMarshal.AsBytes<T>(numbers);
        bytes.CopyTo(to);
        if (!BitConverter.IsLittleEndian) Reverse(to[..bytes.Length]);
        return to[bytes.Length..];
    }

    private static T[] Read<T>(ref ReadOnlySpan<byte> from, int count) where T : struct
    {
        var numbers = new T[count];
        var bytes = MemoryMarshal.AsBytes(numbers.AsSpan());
        from[..bytes.Length].CopyTo(bytes);
        if (!BitConverter.IsLittleEndian) Reverse(bytes);
        from = from[bytes.Length..];
        return numbers;
    }

    private static void Reverse(Span<byte> numbers)
    {
        for (var at = 0; at < numbers.Length; at += 4) numbers.Slice(at, 4).Reverse();
    }
}
