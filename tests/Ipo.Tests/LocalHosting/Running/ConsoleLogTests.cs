using Ipo.LocalHosting.Running;
using Xunit;

namespace Ipo.Tests.LocalHosting.Running;

public sealed class ConsoleLogTests
{
    private static string Printed(bool colour)
    {
        var output = new StringWriter { NewLine = "\n" };
        var log = new ConsoleLog(output, colour);
        log.Expect(["host", "clip-scorer"]);
        log.Write(new LogLine(1, default, "host", false, "hello"));
        log.Write(new LogLine(2, default, "clip-scorer", true, "oh"));
        return output.ToString();
    }

    [Fact]
    public void Each_line_has_its_resource_before_it_and_the_texts_stand_in_one_column() =>
        Assert.Equal("host        | hello\nclip-scorer | oh\n", Printed(colour: false));

    [Fact]
    public void On_a_terminal_each_resource_has_its_colour() =>
        Assert.Equal("\e[32mhost       \e[0m | hello\n\e[36mclip-scorer\e[0m | oh\n", Printed(colour: true));
}
