using Ipo.Optimization.Statistics;
using Xunit;

namespace Ipo.Tests.Optimization.Statistics;

public class PairedComparisonTests
{
    // Numbers of Connor's equation by hand: shares that differ 0.10 and 0.30, difference 0.02 and 0.10.
    [Theory]
    [InlineData(60, 40, 1000, 1960)]
    [InlineData(40, 20, 200, 234)]
    [InlineData(20, 40, 200, 234)]
    [InlineData(30, 30, 200, 0)]
    [InlineData(0, 0, 200, 0)]
    public void Says_how_many_images_would_tell(int onlyWinner, int onlyBaseline, int images, int expected) =>
        Assert.Equal(expected, new PairedComparison(onlyWinner, onlyBaseline, images, 1).ImagesToTell);

    [Fact]
    public void So_many_images_tell_in_four_of_five_draws()
    {
        const int Draws = 2000;
        var seen = new PairedComparison(40, 20, 200, 1);
        var random = new Random(7);
        var told = 0;
        for (var draw = 0; draw < Draws; draw++)
        {
            var (winner, baseline) = (0, 0);
            for (var image = 0; image < seen.ImagesToTell; image++)
            {
                var at = random.NextDouble();
                if (at < 0.2) winner++;
                else if (at < 0.3) baseline++;
            }
            if (new PairedComparison(winner, baseline, seen.ImagesToTell, 1).Judgement == Judgement.Better) told++;
        }
        // The exact test asks for a little more than the normal approximation that the formula rests on.
        Assert.InRange((double)told / Draws, 0.74, 0.82);
    }
}
