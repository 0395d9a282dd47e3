using Ipo.ClipScorer.Settings;
using Ipo.ServiceDefaults.Settings;
using Xunit;

namespace Ipo.Tests.ClipScorer.Settings;

public sealed class ClipScorerOptionsTests
{
    [Fact]
    public void The_defaults_are_right() => Assert.Empty(Problems(new()));

    public static TheoryData<string, string> Wrong => new()
    {
        { nameof(ClipScorerOptions.QueueLength), "0" }, { nameof(ClipScorerOptions.QueueLength), "10001" },
        { nameof(ClipScorerOptions.ImageBatch), "-1" }, { nameof(ClipScorerOptions.ImageBatch), "1025" },
        { nameof(ClipScorerOptions.ImageBatchDelay), "-00:00:01" }, { nameof(ClipScorerOptions.ImageBatchDelay), "00:00:02" },
        { nameof(ClipScorerOptions.EmbeddingMemoryMiB), "-1" }, { nameof(ClipScorerOptions.ImageSetMemoryMiB), "0" },
        { nameof(ClipScorerOptions.TemplateMemoryMiB), "-1" }, { nameof(ClipScorerOptions.ScoreMemoryMiB), "-1" },
        { nameof(ClipScorerOptions.RedisTimeout), "00:00:00" }, { nameof(ClipScorerOptions.RedisPause), "01:00:00" },
        { nameof(ClipScorerOptions.RedisLifetime), "00:00:01" }, { nameof(ClipScorerOptions.RedisBacklog), "0" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void A_setting_out_of_its_range_is_named_by_its_configuration_path(string name, string value)
    {
        var options = new ClipScorerOptions();
        var property = typeof(ClipScorerOptions).GetProperty(name)!;
        property.SetValue(options, property.PropertyType == typeof(int) ? int.Parse(value) : TimeSpan.Parse(value));
        var problem = Assert.Single(Problems(options));
        Assert.StartsWith($"Ipo:ClipScorer:{name} is {property.GetValue(options)}; set it to ", problem, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Problems(ClipScorerOptions options) => SettingRules.Problems(ClipScorerOptions.Section, options);
}
