using System.Text.Json;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.IntegrationTests;

/// <summary>The AppHost as a process: it starts everything and leaves nothing behind, however it or what runs its resources ends.</summary>
public sealed class HostingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("dcp run-controllers", 1)] // its monitors end what it started
    [InlineData("/dcp ", 5)] // with the monitors, all at once: the host ends the services
    public async Task Kill_9_of_DCP_ends_the_host_with_a_sentence_and_leaves_no_process_behind(string victims, int atLeast)
    {
        await using var host = AppHostProcess.Start();
        await host.HealthyAsync(Cancellation);

        Assert.True(host.Kill(victims) >= atLeast, string.Join('\n', host.Processes()));

        await host.EndedAsync(Cancellation);
        Assert.Equal(1, host.ExitCode);
        Assert.Contains("Restart the AppHost", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
        await host.NothingIsLeftAsync(Cancellation);
    }

    [Fact]
    public async Task Kill_9_of_the_dashboard_is_said_and_the_services_stay()
    {
        await using var host = AppHostProcess.Start();
        await host.HealthyAsync(Cancellation);

        Assert.Equal(1, host.Kill("Aspire.Dashboard"));

        await host.PrintedAsync("The dashboard has stopped", Cancellation);
        Assert.Equal(0, (await host.IpoAsync(Cancellation, "runs")).ExitCode);
    }

    [Fact]
    public async Task A_termination_signal_during_the_start_leaves_nothing_and_no_trace_of_a_fault()
    {
        await using var host = AppHostProcess.Start();
        await host.PrintedAsync("Dashboard", Cancellation);

        await host.TerminateAsync(Cancellation);

        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
        await host.NothingIsLeftAsync(Cancellation);
    }

    [Fact]
    public async Task Two_systems_run_side_by_side_and_one_home_is_held_by_one()
    {
        await using var one = AppHostProcess.Start();
        await using var other = AppHostProcess.Start();
        await Task.WhenAll(one.HealthyAsync(Cancellation), other.HealthyAsync(Cancellation));

        await using var third = one.Beside();
        await third.EndedAsync(Cancellation);

        Assert.Equal(1, third.ExitCode);
        Assert.Contains($"Another Ipo already runs from {one.Home} (process {one.Id}, http://", third.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await one.IpoAsync(Cancellation, "runs")).ExitCode);
        Assert.Equal(0, (await other.IpoAsync(Cancellation, "runs")).ExitCode);
        Assert.NotEqual(await EndpointsAsync(one), await EndpointsAsync(other));
    }

    [Fact]
    public async Task The_terminal_tells_what_is_healthy_and_nothing_that_alarms_and_Ctrl_C_ends_everything_and_starts_nothing_again()
    {
        await using var host = AppHostProcess.Start();
        await host.HealthyAsync(Cancellation);
        await host.PrintedAsync("in the browser", Cancellation);

        var lines = host.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Single(lines, line => line.Contains("Dashboard with resources, logs, traces and metrics: http://localhost:", StringComparison.Ordinal) && line.Contains("/login?t=", StringComparison.Ordinal));
        Assert.Equal(6, lines.Count(line => line.Contains("| healthy after ", StringComparison.Ordinal)));
        Assert.Single(lines, line => line.Contains("Datasets, runs and verdicts in the browser: http://localhost:", StringComparison.Ordinal));
        Assert.Equal(8, lines.Length);

        await host.InterruptAsync(Cancellation);

        Assert.Equal(0, host.ExitCode);
        Assert.DoesNotContain("restarting it", host.Output, StringComparison.Ordinal);
        await host.NothingIsLeftAsync(Cancellation);
        Assert.False(File.Exists(Path.Combine(host.Home, "endpoints.json")));
    }

    [Theory]
    [InlineData("IPO_SCORERS", "0", "IPO_SCORERS is '0'; it takes a number from 1 to 16.")]
    [InlineData("IPO_REDIS", "memcached", "IPO_REDIS is 'memcached'; it takes 'embedded' or 'container'.")]
    [InlineData("IPO_POSTGRES", "mysql", "IPO_POSTGRES is 'mysql'; it takes 'embedded' or 'container'.")]
    [InlineData("IPO_CHECKPOINT", "nowhere", "IPO_CHECKPOINT: there is no folder ")]
    [InlineData("IPO_COMPARE_CHECKPOINTS", "nowhere", "IPO_COMPARE_CHECKPOINTS: there is no folder ")]
    [InlineData("IPO_SAMPLE", "nowhere", "IPO_SAMPLE: there is no folder ")]
    public async Task A_setting_that_makes_no_sense_ends_the_start_with_one_line(string name, string value, string message)
    {
        await using var host = AppHostProcess.Start((name, value));

        await host.EndedAsync(Cancellation);

        Assert.Equal(1, host.ExitCode);
        Assert.Contains(message, Assert.Single(host.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_reaches_who_asks_a_model_alone_a_proxy_comes_between_nobody_and_kill_9_of_the_AppHost_leaves_no_process_behind()
    {
        const string Canary = "canary-51c09be2";
        await using var host = AppHostProcess.Start(
            ("IPO_OPENAI_KEY", Canary), ("IPO_OPENAI_MODEL", "some-model"), ("http_proxy", "http://127.0.0.1:1"), ("HTTPS_PROXY", "http://127.0.0.1:1"));
        await host.HealthyAsync(Cancellation);

        var holders = host.Processes()
            .Where(process => process.Id != host.Id && File.ReadAllText($"/proc/{process.Id}/environ").Contains(Canary, StringComparison.Ordinal));

        Assert.EndsWith("Ipo.PromptGen", Assert.Single(holders).Command, StringComparison.Ordinal);
        Assert.True(host.Processes().Count >= 9, string.Join('\n', host.Processes())); // the host, DCP, the dashboard, six services

        host.Kill("Ipo.AppHost");

        await host.NothingIsLeftAsync(Cancellation);
    }

    [Fact]
    public async Task A_stop_waits_for_an_answer_that_is_paid_for_and_the_run_that_resumes_does_not_buy_it_again()
    {
        var photographs = Tests.Shared.Path("data/caltech101");
        var stopping = new TaskCompletionSource();
        await using var provider = await OpenAiServer.StartAsync();
        var template = OpenAiAnswer.Text("<INS>a clear photo of a <CLASS>.</INS>");
        provider.Otherwise = OpenAiAnswer.After(stopping.Task, template);
        await using var host = AppHostProcess.Start(
            ("IPO_DATASETS", photographs), ("IPO_OPENAI_ENDPOINT", provider.Endpoint.ToString()), ("IPO_OPENAI_MODEL", "some-model"));
        await host.HealthyAsync(Cancellation);
        string[] run = ["optimize", photographs, "--run-id", "paid", "--steps", "1", "--shots", "1", "--no-descriptions", "--detach"];
        var started = await host.IpoAsync(Cancellation, run);
        Assert.True(started.ExitCode == 0, started.Errors);
        while (provider.Requests.Count == 0) await Task.Delay(50, Cancellation);

        var end = host.TerminateAsync(Cancellation);
        await Task.Delay(TimeSpan.FromSeconds(12), Cancellation); // twice as long as DCP waits before it kills
        Assert.False(end.IsCompleted);
        stopping.SetResult();
        await end;
        Assert.Single(provider.Requests);

        await using var again = host.Beside();
        await again.HealthyAsync(Cancellation);
        var watched = await again.IpoAsync(Cancellation, "watch", "paid");
        Assert.True(watched.ExitCode == 0, watched.Errors);
        Assert.Single(provider.Requests);
    }

    private static async Task<string> EndpointsAsync(AppHostProcess host)
    {
        using var file = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(host.Home, "endpoints.json"), Cancellation));
        return file.RootElement.GetProperty("services").GetRawText();
    }
}
