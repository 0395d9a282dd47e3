using System.Numerics;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ipo.ClipScorer.Packing;

/// <summary>
/// The shape of a run of texts packed into sequences of one length, as training packs short documents: a sequence
/// begins with the tokens that all texts share, and behind them stand the own tokens of as many texts as fit. A
/// mask lets a token see what is shared and what is in front of it in its own text, so each text gets what it
/// would get alone, and hardly a row is padding.
/// </summary>
/// <param name="Sequences">Sequences, rounded up.</param>
/// <param name="Texts">Texts, rounded up.</param>
/// <param name="Length">Tokens of each sequence.</param>
/// <remarks>Rounded up so that a few shapes serve all runs; what is too many is computed and never read.</remarks>
internal readonly record struct PackedShape(int Sequences, int Texts, int Length)
{
    /// <summary>The segment of tokens that all texts of a sequence share.</summary>
    public const int Shared = 0;

    /// <summary>The name of a packed graph's input of ids, [sequences, length].</summary>
    public const string Ids = "ids";

    /// <summary>The name of its input of positions, one for each id.</summary>
    public const string Positions = "positions";

    /// <summary>The name of its input of segments, one for each id: which text it belongs to.</summary>
    public const string Segments = "segments";

    /// <summary>The name of its input of the texts' ends, as rows among all tokens.</summary>
    public const string Ends = "ends";

    /// <summary>The name of its output: [texts, dimension], fp32, not normalised.</summary>
    public const string Features = "features";

    private const int Padding = -1;

    /// <summary>The inputs of a packed graph in the order of <see cref="Inputs"/>, all int32.</summary>
    public static readonly IReadOnlyList<string> InputNames = [Ids, Positions, Segments, Ends];

    /// <summary>Tokens of all sequences.</summary>
    public int Rows => Sequences * Length;

    /// <summary>Numbers that <see cref="Write"/> writes.</summary>
    public int Integers => 3 * Rows + Texts;

    /// <summary>Packs texts into sequences: each into the fullest one that still has
    /// room for it, the longest first.</summary>
    /// <param name="texts">The ids of each, behind what all share.</param>
    /// <param name="room">Tokens that a sequence has room for, behind what all share; no text is longer.</param>
    /// <returns>The texts of each sequence.</returns>
    public static IReadOnlyList<int[]> SequencesOf(IReadOnlyList<int[]> texts, int room)
    {
        var sequences = new List<List<int>>();
        var withRoom = new Stack<List<int>>[room + 1]; // by the tokens that are left
        for (var left = 0; left <= room; left++) withRoom[left] = [];
        foreach (var text in Enumerable.Range(0, texts.Count).OrderByDescending(text => texts[text].Length))
        {
            var left = texts[text].Length;
            while (left < room && withRoom[left].Count == 0) left++;
            if (!withRoom[left].TryPop(out var sequence)) sequences.Add(sequence = []);
            sequence.Add(text);
            withRoom[left - texts[text].Length].Push(sequence);
        }
        return [.. sequences.Select(sequence => sequence.ToArray())];
    }

    /// <summary>The shape that holds a run.</summary>
    /// <param name="run">For each sequence its texts.</param>
    /// <param name="length">Tokens of each sequence.</param>
    public static PackedShape Of(IReadOnlyList<int[]> run, int length) =>
        new(RoundUp(run.Count), PowerOf2(run.Sum(texts => texts.Length)), length);

    /// <summary>A shape that holds every run of so many sequences: a text has a token of its own at least.</summary>
    public static PackedShape Largest(int sequences, int length) => new(RoundUp(sequences), PowerOf2(sequences * length), length);

    /// <summary>Writes the inputs of a packed graph, one behind the other.</summary>
    /// <param name="shared">The ids that all texts begin with.</param>
    /// <param name="texts">The ids of each text behind those.</param>
    /// <param name="run">For each sequence its texts, as indices.</param>
    /// <param name="integers">Receives <see cref="Integers"/> numbers.</param>
    public void Write(ReadOnlySpan<int> shared, IReadOnlyList<int[]> texts, IReadOnlyList<int[]> run, Span<int> integers)
    {
        integers.Clear();
        var ids = integers[..Rows];
        var positions = integers.Slice(Rows, Rows);
        var segments = integers.Slice(2 * Rows, Rows);
        var ends = integers[(3 * Rows)..];
        segments.Fill(Padding);
        var end = 0;
        for (var sequence = 0; sequence < run.Count; sequence++)
        {
            var row = sequence * Length;
            for (var at = 0; at < shared.Length; at++, row++) (ids[row], positions[row], segments[row]) = (shared[at], at, Shared);
            for (var text = 0; text < run[sequence].Length; text++)
            {
                var own = texts[run[sequence][text]];
                for (var at = 0; at < own.Length; at++, row++)
                    (ids[row], positions[row], segments[row]) = (own[at], shared.Length + at, text + 1);
                ends[end++] = row - 1;
            }
        }
    }

    /// <summary>The inputs of a packed graph over memory that <see cref="Write"/>
    /// wrote; the caller disposes them.</summary>
    /// <param name="where">What memory that is, as the graph is to see it.</param>
    /// <param name="integers">The first of <see cref="Integers"/> numbers.</param>
    public OrtValue[] Inputs(OrtMemoryInfo where, nint integers)
    {
        var each = new[] { Sequences, Length };
        return [Tensor(0, each), Tensor(Rows, each), Tensor(2 * Rows, each), Tensor(3 * Rows, [Texts])];

        OrtValue Tensor(int first, int[] shape) => OrtValue.CreateTensorValueWithData(
            where, TensorElementType.Int32, Array.ConvertAll(shape, axis => (long)axis),
            integers + first * sizeof(int), shape.Aggregate(sizeof(int), (product, axis) => product * axis));
    }

    // Only the last block runs over texts instead of tokens, so many too many cost little there.
    private static int PowerOf2(int count) => (int)BitOperations.RoundUpToPowerOf2((uint)count);

    // In steps of a thirty-second of the next power of two: at most a sixteenth is too many.
    private static int RoundUp(int count)
    {
        var step = Math.Max(1, (int)BitOperations.RoundUpToPowerOf2((uint)count + 1) / 32);
        return (count + step - 1) / step * step;
    }
}
