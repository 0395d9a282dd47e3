using Ipo.ClipScorer.ZeroShot;
using Xunit;

namespace Ipo.Tests.ClipScorer.ZeroShot;

public sealed class SigmoidHeadTests
{
    private const float Scale = 40;
    private const float Bias = -12.5f;

    [Theory]
    [InlineData(2), InlineData(33), InlineData(1500)]
    public void A_probability_is_the_sigmoid_of_the_class_s_own_logit(int classes)
    {
        var (image, embeddings) = (Vectors.Unit(1, 32, 1), Vectors.Unit(classes, 32, 2));
        var nearest = new SigmoidHead(Scale, Bias).Nearest(image, ClassMatrix.Pack(embeddings, classes, 32), classes);
        Assert.Equal(classes, nearest.Length);
        Assert.Equal(nearest.OrderByDescending(one => one.Probability), nearest);
        Assert.All(nearest, one => Assert.Equal(1 / (1 + Math.Exp(-Logit(image, embeddings, one.Class))), one.Probability, 1e-5));
        // Whatever the other classes are: alone it has the same.
        var last = embeddings[^32..];
        var alone = new SigmoidHead(Scale, Bias).Nearest(image, ClassMatrix.Pack(last, 1, 32), 1)[0].Probability;
        Assert.Equal(alone, nearest.Single(one => one.Class == classes - 1).Probability, 1e-6);
    }

    [Fact]
    public void The_loss_is_the_cross_entropy_of_one_class_being_right()
    {
        const int images = 60, classes = 45, dimension = 24;
        var (embeddings, prompts) = (Vectors.Unit(images, dimension, 5), Vectors.Unit(classes, dimension, 6));
        var set = new ImageSet("set", embeddings, dimension, [.. Enumerable.Range(0, images).Select(image => image % classes)], classes);
        var matrix = ClassMatrix.Pack(prompts, classes, dimension);
        var head = new SigmoidHead(Scale, Bias);
        var score = head.Score(set, matrix, 2, CancellationToken.None);
        for (var image = 0; image < images; image++)
        {
            var vector = embeddings[(image * dimension)..((image + 1) * dimension)];
            // That a class is right and no other is, by the sigmoids of the pairs, out of all the ways in which just one is.
            var sigmoids = Enumerable.Range(0, classes).Select(c => 1 / (1 + Math.Exp(-Logit(vector, prompts, c)))).ToArray();
            var ways = sigmoids.Select((own, c) => own * sigmoids.Where((_, other) => other != c).Aggregate(1.0, (product, other) => product * (1 - other))).ToArray();
            Assert.Equal(-Math.Log(ways[set.Labels[image]] / ways.Sum()), score.Losses[image], 1e-4);
            var nearest = head.Nearest(vector, matrix, 1)[0];
            Assert.Equal((nearest.Class, (float)nearest.Probability), (score.Predicted[image], score.TopProbabilities[image]));
        }
        Assert.Equal(new SoftmaxHead(Scale).Score(set, matrix, 1, CancellationToken.None).Losses, score.Losses);
    }

    private static double Logit(float[] image, float[] classes, int c) =>
        Enumerable.Range(0, image.Length).Sum(d => (double)image[d] * classes[c * image.Length + d]) * Scale + Bias;
}
