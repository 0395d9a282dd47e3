using Ipo.ClipScorer.ZeroShot;
using Xunit;

namespace Ipo.Tests.ClipScorer.ZeroShot;

public sealed class NearestClassesTests
{
    [Theory]
    [InlineData(2), InlineData(33), InlineData(1500)]
    public void Probabilities_are_a_softmax_and_come_best_first(int classes)
    {
        var image = Vectors.Unit(1, 32, 1);
        var embeddings = Vectors.Unit(classes, 32, 2);
        var nearest = new SoftmaxHead(20).Nearest(image, ClassMatrix.Pack(embeddings, classes, 32), classes);

        var logits = Enumerable.Range(0, classes).Select(c => 20 * Enumerable.Range(0, 32).Sum(d => (double)image[d] * embeddings[c * 32 + d])).ToArray();
        var sum = logits.Sum(Math.Exp);
        Assert.Equal(classes, nearest.Length);
        Assert.Equal(1, nearest.Sum(n => n.Probability), 1e-9);
        Assert.Equal(nearest.OrderByDescending(n => n.Probability), nearest);
        Assert.All(nearest, n => Assert.Equal(Math.Exp(logits[n.Class]) / sum, n.Probability, 1e-5));
    }

    [Fact]
    public void Fewer_are_returned_on_request_and_ties_stay_in_class_order()
    {
        var image = Vectors.Unit(1, 16, 1);
        float[] classes = [.. Vectors.Unit(1, 16, 9), .. image, .. image];
        var nearest = new SoftmaxHead(100).Nearest(image, ClassMatrix.Pack(classes, 3, 16), 2);
        Assert.Equal([1, 2], nearest.Select(n => n.Class));
        Assert.Equal(nearest[0].Probability, nearest[1].Probability);
        Assert.Single(new SoftmaxHead(100).Nearest(image, ClassMatrix.Pack(classes, 3, 16), 0));
    }

    [Fact]
    public void It_agrees_with_the_score_of_the_same_image()
    {
        var (image, classes) = (Vectors.Unit(1, 64, 3), Vectors.Unit(40, 64, 4));
        var matrix = ClassMatrix.Pack(classes, 40, 64);
        var nearest = new SoftmaxHead(100).Nearest(image, matrix, 1)[0];
        var score = TemplateScorer.Score<RowSoftmax>(new("set", image, 64, [nearest.Class], 40), matrix, new(100, 0), 1, CancellationToken.None);
        Assert.Equal(1, score.Accuracy);
        Assert.Equal(-Math.Log(nearest.Probability), score.Loss, 1e-5);
    }
}
