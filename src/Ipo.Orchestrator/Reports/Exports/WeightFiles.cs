using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Ipo.Optimization.Facts;

namespace Ipo.Orchestrator.Reports.Exports;

/// <summary>The vector of every class under a template or an ensemble.</summary>
/// <param name="Columns">One for each class, L2-normalised.</param>
/// <param name="ClassNames">The classes, in that order.</param>
/// <param name="Template">The template, or the templates of an ensemble, one on each line.</param>
/// <param name="Model">The checkpoint.</param>
internal sealed record ZeroShotWeights(IReadOnlyList<float[]> Columns, IReadOnlyList<string> ClassNames, string Template, ModelFacts Model)
{
    public int Dimension => Columns[0].Length;

    /// <summary>The weights of some prompts: a class's embedding as it is of one, of several their mean, L2-normalised again, as
    /// open_clip's <c>build_zero_shot_classifier</c> makes it.</summary>
    /// <param name="embeddings">The embeddings of the first class's prompts, then the second's, and so on.</param>
    /// <param name="counts">How many each class has.</param>
    public static ZeroShotWeights Of(
        IReadOnlyList<float[]> embeddings, IReadOnlyList<int> counts, IReadOnlyList<string> classNames, string template, ModelFacts model)
    {
        var (columns, at) = (new List<float[]>(counts.Count), 0);
        foreach (var count in counts)
        {
            columns.Add(Mean([.. embeddings.Skip(at).Take(count)]));
            at += count;
        }
        return new(columns, classNames, template, model);
    }

    private static float[] Mean(IReadOnlyList<float[]> vectors)
    {
        if (vectors.Count == 1) return vectors[0];
        var sums = Enumerable.Range(0, vectors[0].Length).Select(at => vectors.Sum(vector => (double)vector[at])).ToArray();
        var length = Math.Sqrt(sums.Sum(sum => sum * sum));
        return [.. sums.Select(sum => (float)(sum / length))];
    }

    /// <summary>The matrix [dimension, classes] row by row: image features times it are cosines, as with the result of open_clip's
    /// <c>build_zero_shot_classifier</c> (src/open_clip/zero_shot_classifier.py at 67bfcaa).</summary>
    public void Write(Span<byte> rows)
    {
        for (var at = 0; at < Dimension; at++)
            for (var label = 0; label < Columns.Count; label++)
                BinaryPrimitives.WriteSingleLittleEndian(rows[(4 * ((at * Columns.Count) + label))..], Columns[label][at]);
    }
}

/// <summary>Weights in the files that Python reads without us.</summary>
internal static class WeightFiles
{
    /// <summary>Name of the tensor in a safetensors file.</summary>
    public const string Tensor = "zeroshot_weights";

    /// <summary>NumPy's array file, version 1.0 (numpy/numpy, numpy/lib/format.py): magic, version, length of the header, the header
    /// as a Python literal, padded so that the data begin at a multiple of 64 bytes.</summary>
    public static byte[] Npy(ZeroShotWeights weights)
    {
        const int Start = 10; // magic, version and length
        const int Alignment = 64;
        var header = string.Create(
            CultureInfo.InvariantCulture,
            $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({weights.Dimension}, {weights.Columns.Count}), }}");
        var length = Aligned(Start + header.Length + 1, Alignment) - Start;
        var file = new byte[checked(Start + length + (4 * weights.Dimension * weights.Columns.Count))];
        file[0] = 0x93;
        Encoding.ASCII.GetBytes("NUMPY", file.AsSpan(1));
        file[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), (ushort)length);
        Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n", file.AsSpan(Start));
        weights.Write(file.AsSpan(Start + length));
        return file;
    }

    /// <summary>A safetensors file (huggingface/safetensors, README.md, "Format"): length of the header, the header as JSON, padded
    /// with blanks to a multiple of 8, the data. Its metadata are texts, so the class names stand there as JSON.</summary>
    public static byte[] Safetensors(ZeroShotWeights weights)
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
        var length = Aligned(header.Length, 8);
        var file = new byte[Start + length + bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)length);
        file.AsSpan(Start, length).Fill((byte)' ');
        header.CopyTo(file, Start);
        weights.Write(file.AsSpan(Start + length));
        return file;
    }

    private static int Aligned(int length, int alignment) => (length + alignment - 1) / alignment * alignment;
}
