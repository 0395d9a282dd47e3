using Ipo.Cli.Output;
using Ipo.Cli.Watching;
using Xunit;

namespace Ipo.Tests.Cli.Watching;

public class PlainProgressTests
{
    [Fact]
    public void A_step_is_one_line_however_often_it_is_shown()
    {
        var error = new StringWriter();
        using var progress = new PlainProgress(new Terminal(TextReader.Null, TextWriter.Null, error));
        for (var i = 0; i < 3; i++) progress.Show(Runs.AfterStep(1));
        Assert.StartsWith("step 1/4: ", Assert.Single(Lines(error)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_activity_whose_numbers_run_up_is_one_line()
    {
        var error = new StringWriter();
        using var progress = new PlainProgress(new Terminal(TextReader.Null, TextWriter.Null, error));
        for (var i = 0; i < 300; i++)
        {
            var run = Runs.Encoding.Clone();
            run.Activity = $"encoding images, {i} of 300";
            progress.Show(run);
        }
        Assert.Equal("encoding images, 0 of 300", Assert.Single(Lines(error)));
    }

    [Fact]
    public void Activities_that_take_turns_are_one_line_each()
    {
        var error = new StringWriter();
        using var progress = new PlainProgress(new Terminal(TextReader.Null, TextWriter.Null, error));
        foreach (var activity in (string[])["evaluating on the validation images", "evaluating on one half of the classes", "evaluating on the validation images"])
        {
            var run = Runs.Encoding.Clone();
            run.Activity = activity;
            progress.Show(run);
        }
        Assert.Equal(["evaluating on the validation images", "evaluating on one half of the classes"], Lines(error));
    }

    private static string[] Lines(StringWriter writer) => writer.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
