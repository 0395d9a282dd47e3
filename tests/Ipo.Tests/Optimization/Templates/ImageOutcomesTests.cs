using Ipo.Optimization.Templates;
using Xunit;

namespace Ipo.Tests.Optimization.Templates;

public sealed class ImageOutcomesTests
{
    private static readonly ImageOutcomes Four = new("1011", 1.0f, [0.25f, 3f, 0.5f, 0.25f]);

    [Fact]
    public void Some_images_keep_their_own_outcomes_and_losses()
    {
        var odd = Four.Where(image => image % 2 == 1);
        Assert.Equal(("01", 1, 2), (odd.Correct, odd.Right, odd.Images));
        Assert.Equal([3f, 0.25f], odd.Losses!);
        Assert.Equal(1.625, odd.Loss);
        Assert.Equal("1011", Four.Where(_ => true).Correct);
    }

    [Fact]
    public void Without_losses_of_single_images_the_loss_stays_that_of_all()
    {
        var first = (Four with { Losses = null }).Where(image => image == 0);
        Assert.Equal(("1", 1.0, null), (first.Correct, first.Loss, first.Losses));
    }

    [Fact]
    public void No_image_has_no_loss()
    {
        var none = Four.Where(_ => false);
        Assert.Equal(("", 0.0), (none.Correct, none.Loss));
        Assert.Empty(none.Losses!);
    }
}
