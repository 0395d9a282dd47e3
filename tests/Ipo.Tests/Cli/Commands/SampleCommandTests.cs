using System.Text.Json;
using Ipo.Cli;
using Xunit;

namespace Ipo.Tests.Cli.Commands;

public sealed class SampleCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("ipo-sample-").FullName;

    private string Target => Path.Combine(folder, "clouds");

    [Fact]
    public async Task Draws_a_dataset_without_any_service()
    {
        var line = new CommandLine();
        Assert.Equal(ExitCode.Done, await line.RunAsync("sample", Target, "--style", "chalk", "--category", "weather", "--class", "cloud", "moon", "--count", "2", "--size", "32"));
        Assert.Contains("4 pictures of 2 classes", line.Out, StringComparison.Ordinal);
        Assert.Contains("true template: a chalk drawing of a <CLASS>", line.Out, StringComparison.Ordinal);
        Assert.Equal(["0000.png", "0001.png"], Directory.GetFiles(Path.Combine(Target, "cloud")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task With_json_it_writes_the_datasets_card_alone()
    {
        var line = new CommandLine();
        Assert.Equal(ExitCode.Done, await line.RunAsync("sample", Target, "--style", "neon", "--category", "weather", "--class", "moon", "--count", "1", "--size", "32", "--json"));
        using var card = JsonDocument.Parse(line.Out);
        Assert.Equal("neon", card.RootElement.GetProperty("styles")[0].GetString());
    }

    [Fact]
    public async Task Says_what_styles_there_are_when_one_is_unknown()
    {
        var line = new CommandLine();
        Assert.Equal(ExitCode.Usage, await line.RunAsync("sample", Target, "--style", "marble"));
        Assert.Contains("marble", line.Error, StringComparison.Ordinal);
        Assert.Contains("chalk", line.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public async Task Overwrites_nothing_unasked()
    {
        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, "mine.txt"), "mine", TestContext.Current.CancellationToken);
        var line = new CommandLine();
        Assert.NotEqual(ExitCode.Done, await line.RunAsync("sample", Target, "--count", "1", "--size", "32"));
        Assert.Contains(Target, line.Error, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(Target, "mine.txt"), TestContext.Current.CancellationToken));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
