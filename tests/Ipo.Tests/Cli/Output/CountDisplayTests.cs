using Ipo.Cli.Output;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Ipo.Tests.Cli.Output;

public sealed class CountDisplayTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly StringWriter error = new() { NewLine = "\n" };

    [Fact]
    public void Says_counts_rate_and_time_left_now_and_then_and_ends_at_100_percent()
    {
        Show(live: false, "reading images", (0, 0), (2, 4_000), (3, 9_999), (12, 15_000), (5, 20_000));
        Assert.Equal(
            """
            reading images  4,000 of 20,000  20 %  2,000 a second  0:08 left
            reading images  15,000 of 20,000  75 %  882 a second  0:06 left
            reading images  20,000 of 20,000  100 %  909 a second  0:00 left

            """, error.ToString());
    }

    [Fact]
    public void A_screen_shows_one_line_in_place()
    {
        Show(live: true, "reading images", (0, 0), (2, 4_000), (3, 19_999), (1, 20_000));
        Assert.Equal(
            "\r\e[Kreading images  4,000 of 20,000  ━━━━────────────────  20 %  2,000 a second  0:08 left"
            + "\r\e[Kreading images  19,999 of 20,000  ━━━━━━━━━━━━━━━━━━━─  99 %  4,000 a second  0:01 left"
            + "\r\e[Kreading images  20,000 of 20,000  ━━━━━━━━━━━━━━━━━━━━  100 %  3,333 a second  0:00 left\n",
            error.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_takes_no_second_says_nothing(bool live)
    {
        Show(live, "reading images", (0, 0), (0, 40));
        Assert.Empty(error.ToString());
    }

    [Fact]
    public void Each_stage_ends_and_the_next_counts_anew()
    {
        var display = Show(live: false, "unpacking files", (0, 0), (2, 10));
        Show(display, "reading images", (0, 0), (4, 8));
        Assert.Equal("unpacking files  10 of 10  100 %  5 a second  0:00 left\nreading images  8 of 8  100 %  2 a second  0:00 left\n", error.ToString());
    }

    [Fact]
    public void Where_it_is_not_known_how_many_there_are_neither_a_share_nor_the_time_left_is_said()
    {
        var display = new CountDisplay(new(TextReader.Null, TextWriter.Null, error) { Time = clock, Width = () => 100 });
        foreach (var done in (int[])[0, 3_000, 9_000, 30_000])
        {
            display.Show("looking for images", done, 0);
            clock.Advance(TimeSpan.FromSeconds(done == 3_000 ? 1 : 10));
        }
        Assert.Equal("looking for images  3,000  300 a second\nlooking for images  30,000  1,429 a second\n", error.ToString());
    }

    public void Dispose() => error.Dispose();

    // Seconds before a message is heard, and the files that are done by then; the last one's are all.
    private CountDisplay Show(bool live, string stage, params (int Seconds, int Done)[] heard) =>
        Show(new CountDisplay(new(TextReader.Null, TextWriter.Null, error) { Live = live, Time = clock, Width = () => 100 }), stage, heard);

    private CountDisplay Show(CountDisplay display, string stage, params (int Seconds, int Done)[] heard)
    {
        foreach (var (seconds, done) in heard)
        {
            clock.Advance(TimeSpan.FromSeconds(seconds));
            display.Show(stage, done, heard[^1].Done);
        }
        display.EndLine();
        return display;
    }
}
