using System.Diagnostics;
using Ipo.Cli.Output;
using Xunit;

namespace Ipo.Tests.Cli.Output;

/// <summary>Where a process of the command line writes what is no result.</summary>
public sealed class ProgressStreamTests
{
    [Theory]
    [InlineData("", "", "ipo: No")]
    [InlineData("stdout", "ipo: No", "")]
    [InlineData("both", "", "ipo: IPO_PROGRESS is 'both'; it takes 'stderr' or 'stdout'.")]
    public async Task Messages_go_to_the_stream_that_is_asked_for(string asked, string output, string error)
    {
        var home = Directory.CreateTempSubdirectory(); // without an AppHost's addresses
        try
        {
            var start = new ProcessStartInfo("dotnet", [typeof(Terminal).Assembly.Location, "runs"])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                Environment = { ["IPO_PROGRESS"] = asked, ["IPO_HOME"] = home.FullName, ["IPO_SERVER"] = "" },
            };
            using var process = Process.Start(start)!;
            var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var warned = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

            Assert.StartsWith(output, await said, StringComparison.Ordinal);
            Assert.StartsWith(error, warned, StringComparison.Ordinal);
            Assert.Equal((output.Length == 0, error.Length == 0), ((await said).Length == 0, warned.Length == 0));
        }
        finally { home.Delete(recursive: true); }
    }
}
