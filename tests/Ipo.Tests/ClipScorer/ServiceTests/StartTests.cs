using System.Diagnostics;
using System.Net;
using Grpc.Core;
using Ipo.ClipScorer;
using Ipo.Tests.ClipScorer.Checkpoints;
using Xunit;

namespace Ipo.Tests.ClipScorer.ServiceTests;

public sealed class StartTests
{
    [Fact]
    public async Task It_is_ready_once_the_checkpoint_is_loaded_and_alive_before_that()
    {
        await using var server = new ScorerServer();
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(new Uri("/health/live", UriKind.Relative))).StatusCode);
        await server.ReadyAsync();
        Assert.Contains("ipo-tiny on CPU", await server.Http.GetStringAsync(new Uri("/health/ready", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_before_that_is_told_to_come_again()
    {
        await using var server = new ScorerServer();
        var early = await Assert.ThrowsAsync<RpcException>(() => server.Client.GetModelAsync(new()).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, early.StatusCode);
        Assert.Contains("still being loaded", early.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ipo__ClipScorer__Checkpoint", "no-such-folder", "no-such-folder is not a folder. Set Ipo:ClipScorer:Checkpoint")]
    [InlineData("Ipo__ClipScorer__QueueLength", "0", "Ipo:ClipScorer:QueueLength is 0; set it to 1 up to 10000 calls.")]
    [InlineData("Ipo__ClipScorer__Device", "tpu", "'tpu' at 'Ipo:ClipScorer:Device'")]
    public Task What_does_not_allow_a_start_is_one_line_and_a_failure(string variable, string value, string expected) =>
        FailsAsync(variable, value, expected);

    [Fact]
    public async Task A_checkpoint_of_another_family_is_one_of_them()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny").Edit("config.json", json => json["model_type"] = "blip");
        await FailsAsync("Ipo__ClipScorer__Checkpoint", copy.Path, $"{copy.Path} cannot be loaded: its config.json says model_type \"blip\"");
    }

    private static async Task FailsAsync(string variable, string value, string expected)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CheckpointLoader).Assembly.Location]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, setting) in new[] { ("IPO_GRPC_PORT", "0"), ("IPO_HTTP_PORT", "0"), (variable, value) }) start.Environment[name] = setting;
        using var process = Process.Start(start)!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(5));
            Assert.Equal(1, process.ExitCode);
            var line = Assert.Single((await error).Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.StartsWith("clip-scorer cannot start: ", line, StringComparison.Ordinal);
            Assert.Contains(expected, line, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", await output, StringComparison.Ordinal);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
