using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Settings;
using Ipo.ServiceDefaults.Settings;
using Xunit;

namespace Ipo.Tests.ClipScorer.Settings;

public sealed class ModelOptionsTests
{
    private static readonly SettingRules<ModelOptions> Rules = new(ModelOptions.Section);

    [Fact]
    public void The_defaults_are_right() => Assert.True(Rules.Validate(null, new()).Succeeded);

    [Theory]
    [InlineData("Ipo:ClipScorer:Device is 7")]
    [InlineData("Ipo:ClipScorer:Threads is -1")]
    [InlineData("Ipo:ClipScorer:Images:MaxBytes is 0")]
    [InlineData("Ipo:ClipScorer:Images:MaxSide is 65536")]
    [InlineData("Ipo:ClipScorer:Images:MaxPixels is 500000001")]
    public void Names_every_setting_out_of_range(string problem)
    {
        var wrong = new ModelOptions { Device = (DeviceChoice)7, Threads = -1, Images = new() { MaxBytes = 0, MaxSide = 65_536, MaxPixels = 500_000_001 } };
        Assert.Contains(Rules.Validate(null, wrong).Failures!, failure => failure.StartsWith(problem, StringComparison.Ordinal));
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() => EmbeddingModel.Load("any", wrong)).Message, StringComparison.Ordinal);
    }
}
