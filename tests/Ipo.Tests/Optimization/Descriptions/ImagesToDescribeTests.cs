using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Xunit;

namespace Ipo.Tests.Optimization.Descriptions;

public sealed class ImagesToDescribeTests
{
    [Theory]
    [InlineData(true, true, false, true)]
    [InlineData(true, false, false, false)]
    [InlineData(false, true, false, false)]
    [InlineData(false, true, true, true)]
    [InlineData(false, false, true, false)]
    [InlineData(true, true, true, true)]
    public void Some_are_needed_where_a_proposer_sees_images_or_classes_get_sentences(
        bool seesImages, bool descriptions, bool sentences, bool needed)
    {
        var settings = new RunSettings { Dataset = "x", Preset = "x", Descriptions = descriptions, ClassSentences = sentences };
        var blind = new ProviderFacts("blind", "", Paid: false) { SeesImages = false };
        Assert.Equal(needed, ImagesToDescribe.AreNeeded(settings, [blind, blind with { SeesImages = seesImages }]));
    }
}
