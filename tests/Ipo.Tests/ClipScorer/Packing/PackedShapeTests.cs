using CsCheck;
using Ipo.ClipScorer.Packing;
using Xunit;

namespace Ipo.Tests.ClipScorer.Packing;

public sealed class PackedShapeTests
{
    private const int Length = 24;

    private static readonly Gen<(int[] Shared, int[][] Texts)> Calls =
        from shared in Gen.Int[100, 999].Array[0, Length - 8]
        from texts in Gen.Int[1, 99].Array[1, 8].Array[1, 60]
        select (shared, texts);

    [Fact]
    public void What_is_shared_stands_once_in_a_sequence_and_texts_behind_it()
    {
        int[][] texts = [[7, 9], [4, 5, 9], [9]];
        int[][] run = [[1, 0], [2]];
        var packed = PackedShape.Of(run, 8);
        Assert.Equal(new PackedShape(2, 4, 8), packed);
        var integers = new int[packed.Integers];
        packed.Write([1, 2], texts, run, integers);
        int[] expected =
        [
            1, 2, 4, 5, 9, 7, 9, 0, 1, 2, 9, 0, 0, 0, 0, 0, // ids
            0, 1, 2, 3, 4, 2, 3, 0, 0, 1, 2, 0, 0, 0, 0, 0, // positions
            0, 0, 1, 1, 1, 2, 2, -1, 0, 0, 1, -1, -1, -1, -1, -1, // segments
            4, 6, 10, 0, // ends
        ];
        Assert.Equal(expected, integers);
    }

    [Fact]
    public void Every_text_is_found_again_in_front_of_its_end() => Calls.Sample(call =>
    {
        var (shared, texts) = call;
        var run = PackedShape.SequencesOf(texts, Length - shared.Length);
        var packed = PackedShape.Of(run, Length);
        var integers = new int[packed.Integers];
        integers.AsSpan().Fill(-7); // what an earlier run left
        packed.Write(shared, texts, run, integers);
        var (ids, positions, segments, ends) = (integers[..packed.Rows], integers[packed.Rows..(2 * packed.Rows)], integers[(2 * packed.Rows)..(3 * packed.Rows)], integers[(3 * packed.Rows)..]);
        Assert.Equal(packed.Texts, ends.Length);
        var order = run.SelectMany(sequence => sequence).ToList();
        for (var at = 0; at < order.Count; at++)
        {
            var first = ends[at] / Length * Length;
            // As the mask has it: what a token may see is in front of it, and shared or of its own segment.
            var seen = Enumerable.Range(first, ends[at] - first + 1).Where(row => segments[row] == PackedShape.Shared || segments[row] == segments[ends[at]]).ToList();
            Assert.Equal([.. shared, .. texts[order[at]]], seen.Select(row => ids[row]));
            Assert.Equal(Enumerable.Range(0, seen.Count), seen.Select(row => positions[row]));
        }
    });

    [Fact]
    public void A_search_needs_few_shapes_and_hardly_a_row_is_too_much()
    {
        var random = new Random(2);
        var shapes = new HashSet<PackedShape>();
        for (var template = 0; template < 2_000; template++)
        {
            // A thousand classes behind 3 to 40 tokens, and up to 20 tokens behind each.
            var (shared, behind) = (random.Next(3, 41), random.Next(1, 21));
            int[][] texts = [.. Enumerable.Range(0, 1_000).Select(text => new int[1 + text % 4 + behind])];
            var sequences = PackedShape.SequencesOf(texts, 128 - shared);
            var shape = PackedShape.Of(sequences, 128);
            Assert.InRange(shape.Sequences, sequences.Count, sequences.Count * 17 / 16);
            shapes.Add(shape);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{shapes.Count} shapes.");
        Assert.InRange(shapes.Count, 1, 64);
    }

    [Fact]
    public void The_largest_shape_holds_every_run() => Gen.Select(Gen.Int[1, 200], Gen.Int[8, 300]).SelectMany(most => Gen.Int[1, most.Item1].Select(sequences => (Most: most.Item1, Length: most.Item2, Sequences: sequences)))
        .SelectMany(run => Gen.Int[1, run.Length].Select(texts => (run.Most, run.Length, run.Sequences, Texts: texts))).Sample(run =>
        {
            var largest = PackedShape.Largest(run.Most, run.Length);
            var shape = PackedShape.Of([.. Enumerable.Repeat(new int[run.Texts], run.Sequences)], run.Length);
            Assert.InRange(shape.Texts, 1, largest.Texts);
            Assert.InRange(shape.Integers, 1, largest.Integers);
        });

    [Fact]
    public void Every_text_is_packed_once_and_sequences_are_full() => Calls.Sample(call =>
    {
        var (shared, texts) = call;
        var room = Length - shared.Length;
        var sequences = PackedShape.SequencesOf(texts, room);
        Assert.Equal(Enumerable.Range(0, texts.Length), sequences.SelectMany(sequence => sequence).Order());
        var taken = sequences.Select(sequence => sequence.Sum(text => texts[text].Length)).ToList();
        Assert.All(taken, tokens => Assert.InRange(tokens, 1, room));
        // A text that would still fit into another sequence is never given one of its own.
        for (var at = 1; at < sequences.Count; at++) Assert.All(taken[..at], tokens => Assert.True(tokens + texts[sequences[at][0]].Length > room));
    });

    [Fact]
    public void A_thousand_classes_leave_hardly_any_room()
    {
        var random = new Random(3);
        int[][] texts = [.. Enumerable.Range(0, 1_000).Select(_ => new int[random.Next(2, 15)])];
        var tokens = texts.Sum(text => text.Length);
        Assert.Equal((tokens + 119) / 120, PackedShape.SequencesOf(texts, 120).Count);
    }
}
