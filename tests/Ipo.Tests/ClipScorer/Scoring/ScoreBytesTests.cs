using Ipo.ClipScorer.Scoring;
using Ipo.ClipScorer.ZeroShot;
using Xunit;

namespace Ipo.Tests.ClipScorer.Scoring;

public sealed class ScoreBytesTests
{
    private static readonly TemplateScore Score = new(2 / 3.0, 0.25, [1, 1], [0, 1, 1], [0.5f, 0.125f, float.Epsilon], [0.75f, 1, 0.5f], 9);

    [Fact]
    public void A_score_comes_back_to_the_bit()
    {
        var read = ScoreBytes.Read(ScoreBytes.Of(Score), classes: 2, images: 3)!;
        Assert.Equal((Score.Accuracy, Score.Loss, Score.PromptTokens), (read.Accuracy, read.Loss, read.PromptTokens));
        Assert.Equal(Score.ClassCorrect, read.ClassCorrect);
        Assert.Equal(Score.Predicted, read.Predicted);
        Assert.Equal(Score.Losses, read.Losses);
        Assert.Equal(Score.TopProbabilities, read.TopProbabilities);
    }

    [Fact]
    public void What_is_of_another_set_or_cut_off_is_none()
    {
        var bytes = ScoreBytes.Of(Score);
        Assert.Null(ScoreBytes.Read(bytes, classes: 3, images: 3));
        Assert.Null(ScoreBytes.Read(bytes, classes: 5, images: 2)); // as many bytes
        Assert.Null(ScoreBytes.Read(bytes.AsSpan(1), classes: 2, images: 3));
        Assert.Null(ScoreBytes.Read([], classes: 0, images: 0));
    }
}
