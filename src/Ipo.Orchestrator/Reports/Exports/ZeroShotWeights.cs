using System.Buffers.Binary;
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

    /// <summary>The weights of some prompts: a class's embedding as it is of one, of several their mean, L2-normalised
    /// again, as open_clip's <c>build_zero_shot_classifier</c> makes it.</summary>
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

    /// <summary>The matrix [dimension, classes] row by row: image features times it are cosines, as with the result of
    /// open_clip's <c>build_zero_shot_classifier</c> (src/open_clip/zero_shot_classifier.py at 67bfcaa).</summary>
    public void Write(Span<byte> rows)
    {
        for (var at = 0; at < Dimension; at++)
            for (var label = 0; label < Columns.Count; label++)
                BinaryPrimitives.WriteSingleLittleEndian(rows[(4 * ((at * Columns.Count) + label))..], Columns[label][at]);
    }

    /// <summary>The next multiple of an alignment.</summary>
    public static int Aligned(int length, int alignment) => (length + alignment - 1) / alignment * alignment;
}
