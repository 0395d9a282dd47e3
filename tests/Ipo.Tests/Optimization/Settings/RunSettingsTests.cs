using Ipo.Optimization.Settings;
using Xunit;

namespace Ipo.Tests.Optimization.Settings;

public sealed class RunSettingsTests
{
    [Theory]
    [InlineData("", true, false, true)]
    [InlineData("ipo", true, false, true)]
    [InlineData("ipo", false, false, false)]
    [InlineData("opro", true, false, false)]
    [InlineData("opro", true, true, true)]
    [InlineData("opro, random-words/no-history", true, false, false)]
    [InlineData("opro,reflect", true, false, true)]
    public void A_captioner_is_needed_where_a_proposer_sees_images_or_classes_get_sentences(
        string proposer, bool descriptions, bool sentences, bool needed) =>
        Assert.Equal(
            needed,
            new RunSettings
            {
                Dataset = "x",
                Preset = "x",
                Proposer = proposer,
                Descriptions = descriptions,
                ClassSentences = sentences,
            }.NeedsCaptioner);
}
