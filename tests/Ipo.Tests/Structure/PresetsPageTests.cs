using System.Globalization;
using Ipo.Optimization.Settings;
using Xunit;

namespace Ipo.Tests.Structure;

/// <summary>The table of docs/presets.md is what the presets are.</summary>
public sealed class PresetsPageTests
{
    private static readonly string Page = Path.Combine(Shared.Repository, "docs", "presets.md");

    [Fact]
    public async Task Every_setting_of_every_preset_is_on_the_page()
    {
        var page = await File.ReadAllTextAsync(Page, TestContext.Current.CancellationToken);
        var begin = page.IndexOf("| setting |", StringComparison.Ordinal);
        var end = page.IndexOf("\n\n", begin, StringComparison.Ordinal);
        var expected = page[..begin] + Table() + page[end..];
        if (Environment.GetEnvironmentVariable("IPO_WRITE_GOLDENS") == "1") await File.WriteAllTextAsync(Page, expected, TestContext.Current.CancellationToken);
        Assert.Equal(expected, await File.ReadAllTextAsync(Page, TestContext.Current.CancellationToken));
    }

    private static string Table()
    {
        var presets = Presets.Names.Select(name => Presets.Get(name, "")).ToList();
        Assert.Equal(3, presets.Count);
        string Row(string name, Func<RunSettings, object> value) => $"| {name} | {string.Join(" | ", presets.Select(preset => Text(value(preset))))} |";
        string[] rows =
        [
            $"| setting | {string.Join(" | ", Presets.Names.Select(name => $"`{name}`"))} |",
            $"|---|{string.Concat(Presets.Names.Select(_ => "---:|"))}",
            Row("`--classes`", preset => preset.Classes.ToString().ToLowerInvariant()),
            .. RunSettings.Table.Where(setting => setting.Field != "seed").Select(setting => Row($"`{setting.Option}`", setting.Get)),
            Row("calls in a step", preset => preset.CallsPerStep),
            Row("candidates in a call", preset => preset.CandidatesPerCall),
            Row("baseline always shown", preset => preset.BaselineStaysInMemory),
            Row("shown above an accuracy of", preset => preset.ShownAboveAccuracy),
            Row("finalists", preset => preset.Finalists),
            Row("stops when all is right", preset => preset.StopsWhenPerfect),
            Row("says what words are worth", preset => preset.Explains),
            Row("leaves idle words out", preset => preset.DropsIdleWords),
        ];
        return string.Join('\n', rows);
    }

    private static string Text(object value) => value switch
    {
        bool on => on ? "on" : "off",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
