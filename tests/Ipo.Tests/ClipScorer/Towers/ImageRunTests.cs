using CsCheck;
using Ipo.ClipScorer.Towers;
using Xunit;

namespace Ipo.Tests.ClipScorer.Towers;

public sealed class ImageRunTests
{
    [Fact]
    public void Every_image_is_in_one_run_and_none_is_too_large() =>
        Gen.Select(Gen.Int[0, 300], Gen.Int[1, 70], Gen.Int[1, 9]).Sample((images, most, atOnce) =>
        {
            var runs = ImageRun.Of(images, most, atOnce);
            Assert.Equal(Enumerable.Range(0, images), runs.SelectMany(run => Enumerable.Range(run.First, run.Count)));
            Assert.All(runs, run => Assert.InRange(run.Count, 1, most));
        });

    [Fact]
    public void Threads_get_as_many_images_each()
    {
        Assert.Equal([new(0, 3), new(3, 3), new(6, 3), new(9, 1)], ImageRun.Of(10, 8, 4));
        Assert.Equal([new(0, 5), new(5, 5), new(10, 5), new(15, 5)], ImageRun.Of(20, 8, 2));
        Assert.Equal([new(0, 33), new(33, 32)], ImageRun.Of(65, 64, 1));
    }
}
