using Ipo.Samples.Commands;
using Xunit;

namespace Ipo.Tests.Samples.Commands;

public sealed class SamplesCommandTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "ipo-samples-" + Guid.NewGuid().ToString("N"));
    private readonly StringWriter _output = new(), _error = new();

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private Task<int> Run(params string[] args) => SamplesCommand.RunAsync(args, _output, _error, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("draw")]
    [InlineData("contact-sheet")]
    [InlineData("train-set")]
    [InlineData("list")]
    public async Task Every_command_has_help(string command)
    {
        Assert.Equal(0, await Run(command, "--help"));
        Assert.Contains(command, _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Draws_and_says_the_true_template()
    {
        Assert.Equal(0, await Run("draw", _folder, "--style", "neon", "--category", "vehicle", "--class", "tank", "bus", "--count", "2", "--size", "32"));
        Assert.Contains("a neon sign of a <CLASS>, a type of vehicle.", _output.ToString(), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "tank", "0001.png")));
    }

    [Fact]
    public async Task Lists_senses()
    {
        Assert.Equal(0, await Run("list"));
        Assert.Contains("crane [machine]", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contact_sheet_is_one_picture_and_is_not_overwritten()
    {
        Directory.CreateDirectory(_folder);
        var file = Path.Combine(_folder, "sheet.png");
        Assert.Equal(0, await Run("contact-sheet", file, "--category", "weather", "--style", "chalk", "--size", "32"));
        using var sheet = SkiaSharp.SKBitmap.Decode(file);
        Assert.Equal((40, 364), (sheet.Width, sheet.Height));
        Assert.Equal(1, await Run("contact-sheet", file));
        Assert.Contains("--force", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("draw")]
    [InlineData("fly")]
    [InlineData("draw", "x", "--style", "oil")]
    [InlineData("draw", "x", "--count", "many")]
    [InlineData("train-set", "x")]
    public async Task A_wrong_command_line_is_one_clear_line(params string[] args)
    {
        Assert.Equal(2, await Run(args));
        Assert.StartsWith("ipo-samples: ", _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _error.ToString(), StringComparison.Ordinal);
    }
}
