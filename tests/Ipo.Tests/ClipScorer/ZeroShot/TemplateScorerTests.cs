using CsCheck;
using Ipo.ClipScorer.ZeroShot;
using Xunit;

namespace Ipo.Tests.ClipScorer.ZeroShot;

public sealed class TemplateScorerTests(ITestOutputHelper output)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public void It_agrees_with_a_naive_reference_in_double()
    {
        double worstLoss = 0, worstMean = 0;
        Gen.Select(Gen.Int[1, 130], Gen.Int[1, 90], Gen.OneOf(Gen.Const(1), Gen.Const(7), Gen.Const(64), Gen.Const(256)), Gen.Int[0, 100_000], Gen.Double[1, 100]).Sample((images, classes, dimension, seed, scale) =>
        {
            var (set, matrix, embeddings) = World(images, classes, dimension, seed);
            var score = TemplateScorer.Score<RowSoftmax>(set, matrix, new(scale, 0), 2, None);
            var (predicted, losses) = Reference(set, embeddings, classes, scale);
            for (var i = 0; i < images; i++)
            {
                // Two classes nearer to each other than fp32 can tell may change places.
                if (predicted[i].Margin > 1e-6) Assert.Equal(predicted[i].Class, score.Predicted[i]);
                worstLoss = Math.Max(worstLoss, Math.Abs(losses[i] - score.Losses[i]) / Math.Max(1, losses[i]));
                // Where the nearest class is the image's own, its probability is what the loss says.
                if (score.Predicted[i] == set.Labels[i]) Assert.Equal(Math.Exp(-score.Losses[i]), score.TopProbabilities[i], 1e-5);
                else Assert.InRange(score.TopProbabilities[i], Math.Exp(-score.Losses[i]) - 1e-5, 1 - Math.Exp(-score.Losses[i]) + 1e-5);
            }
            worstMean = Math.Max(worstMean, Math.Abs(losses.Average() - score.Loss));
            Assert.InRange(worstLoss, 0, 5e-5);
        }, threads: 1);
        output.WriteLine($"largest error of one loss: {worstLoss:E2} (relative above 1 nat), of a mean loss: {worstMean:E2} nats");
    }

    [Theory]
    [InlineData(1), InlineData(31), InlineData(32), InlineData(33), InlineData(1023), InlineData(1024), InlineData(1025), InlineData(2100)]
    public void Class_counts_around_panels_and_chunks_agree_with_the_reference(int classes)
    {
        var (set, matrix, embeddings) = World(37, classes, 48, classes);
        var score = TemplateScorer.Score<RowSoftmax>(set, matrix, new(50, 0), 2, None);
        var (predicted, losses) = Reference(set, embeddings, classes, 50);
        for (var i = 0; i < set.Count; i++)
        {
            Assert.InRange(score.Losses[i] - losses[i], -1e-4, 1e-4);
            if (predicted[i].Margin > 1e-6) Assert.Equal(predicted[i].Class, score.Predicted[i]);
        }
    }

    [Fact]
    public void It_gives_equal_bits_on_every_run_and_every_number_of_threads()
    {
        var (set, matrix, _) = World(500, 1100, 96, 3);
        var first = TemplateScorer.Score<RowSoftmax>(set, matrix, new(100, 0), 1, None);
        foreach (var threads in (int[])[1, 2, 3, 8, 64])
        {
            var again = TemplateScorer.Score<RowSoftmax>(set, matrix, new(100, 0), threads, None);
            Assert.Equal(first.Predicted, again.Predicted);
            Assert.Equal(Array.ConvertAll(first.Losses, BitConverter.SingleToInt32Bits), Array.ConvertAll(again.Losses, BitConverter.SingleToInt32Bits));
            Assert.Equal(BitConverter.DoubleToInt64Bits(first.Loss), BitConverter.DoubleToInt64Bits(again.Loss));
        }
    }

    [Fact]
    public void The_outcome_of_an_image_does_not_depend_on_its_neighbours() =>
        Gen.Select(Gen.Int[2, 150], Gen.Int[1, 60], Gen.Int[0, 10_000]).Sample((images, classes, seed) =>
        {
            var (set, matrix, _) = World(images, classes, 32, seed);
            var all = TemplateScorer.Score<RowSoftmax>(set, matrix, new(100, 0), 2, None);
            var i = seed % images;
            var alone = TemplateScorer.Score<RowSoftmax>(new("alone", set.Embeddings[(i * 32)..((i + 1) * 32)], 32, [set.Labels[i]], classes), matrix, new(100, 0), 1, None);
            Assert.Equal(all.Predicted[i], alone.Predicted[0]);
            Assert.Equal(all.Losses[i], alone.Losses[0]);
        });

    [Fact]
    public void Counts_accuracy_and_loss_follow_from_the_outcomes() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 20], Gen.Int[0, 10_000]).Sample((images, classes, seed) =>
        {
            var (set, matrix, _) = World(images, classes, 8, seed);
            var score = TemplateScorer.Score<RowSoftmax>(set, matrix, new(10, 0), 2, None);
            var right = Enumerable.Range(0, images).Where(i => score.Predicted[i] == set.Labels[i]).ToList();
            Assert.Equal(right.Count / (double)images, score.Accuracy);
            Assert.Equal(Enumerable.Range(0, classes).Select(c => right.Count(i => set.Labels[i] == c)), score.ClassCorrect);
            Assert.Equal(score.Losses.Aggregate(0.0, (sum, loss) => sum + loss) / images, score.Loss);
        });

    [Fact]
    public void Equal_prompts_tie_and_the_first_class_wins()
    {
        var image = Vectors.Unit(1, 64, 5);
        float[] classes = [.. image, .. image, .. image];
        var score = TemplateScorer.Score<RowSoftmax>(new("set", [.. image, .. image], 64, [0, 2], 3), ClassMatrix.Pack(classes, 3, 64), new(100, 0), 1, None);
        Assert.Equal([0, 0], score.Predicted);
        Assert.Equal(0.5, score.Accuracy);
        Assert.Equal(Math.Log(3), score.Loss, 1e-6);
    }

    [Fact]
    public void A_set_of_templates_classifies_by_the_mean_of_its_embeddings_normalised_again() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 70], Gen.Int[0, 10_000]).Sample((templates, classes, seed) =>
        {
            const int dimension = 24;
            var own = Vectors.Unit(1, dimension, seed + 99);
            var each = Enumerable.Range(0, templates).Select(template => Vectors.Unit(classes, dimension, seed + template)).ToList();
            var mean = ClassMatrix.Mean([.. each.Select(embeddings => ClassMatrix.Pack(embeddings, classes, dimension, promptTokens: 7))], new[] { own }.ToLookup(_ => classes - 1), 5);
            // The last class has a prompt of its own.
            var expected = Enumerable.Range(0, classes * dimension).Select(at => each.Sum(embeddings => (double)embeddings[at]) + (at < (classes - 1) * dimension ? 0 : own[at % dimension])).ToArray();
            for (var c = 0; c < classes; c++)
            {
                var length = Math.Sqrt(expected.Skip(c * dimension).Take(dimension).Sum(value => value * value));
                for (var d = 0; d < dimension; d++)
                    Assert.Equal(expected[c * dimension + d] / length, mean.Panel(c / ClassMatrix.PanelWidth)[d * ClassMatrix.PanelWidth + c % ClassMatrix.PanelWidth], 1e-6);
            }
            Assert.Equal((classes, dimension, 7 * templates + 5), (mean.Count, mean.Dimension, mean.PromptTokens));
        });

    [Fact]
    public void One_class_is_always_right_at_no_loss()
    {
        var (set, matrix, _) = World(20, 1, 16, 9);
        var score = TemplateScorer.Score<RowSoftmax>(set, matrix, new(100, 0), 2, None);
        Assert.Equal((1.0, 0.0), (score.Accuracy, score.Loss));
    }

    [Fact]
    public void A_cancelled_score_stops()
    {
        var (set, matrix, _) = World(50, 5, 16, 1);
        Assert.ThrowsAny<OperationCanceledException>(() => TemplateScorer.Score<RowSoftmax>(set, matrix, new(100, 0), 2, new CancellationToken(true)));
    }

    private static (ImageSet Set, ClassMatrix Matrix, float[] Classes) World(int images, int classes, int dimension, int seed)
    {
        var random = new Random(seed);
        var labels = Enumerable.Range(0, images).Select(_ => random.Next(classes)).ToArray();
        var embeddings = Vectors.Unit(classes, dimension, seed + 1);
        return (new("set", Vectors.Unit(images, dimension, seed), dimension, labels, classes), ClassMatrix.Pack(embeddings, classes, dimension), embeddings);
    }

    private static ((int Class, double Margin)[] Predicted, double[] Losses) Reference(ImageSet set, float[] classes, int count, double scale)
    {
        var predicted = new (int, double)[set.Count];
        var losses = new double[set.Count];
        for (var i = 0; i < set.Count; i++)
        {
            var cosines = new double[count];
            for (var c = 0; c < count; c++)
                for (var d = 0; d < set.Dimension; d++) cosines[c] += (double)set.Embeddings[i * set.Dimension + d] * classes[c * set.Dimension + d];
            var order = cosines.OrderDescending().ToArray();
            predicted[i] = (Array.IndexOf(cosines, order[0]), count > 1 ? order[0] - order[1] : double.PositiveInfinity);
            losses[i] = Math.Log(cosines.Sum(cosine => Math.Exp((cosine - order[0]) * scale))) + (order[0] - cosines[set.Labels[i]]) * scale;
        }
        return (predicted, losses);
    }
}
