using System.Diagnostics;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.IntegrationTests;

/// <summary>The AppHost as a process: it starts everything and leaves nothing behind.</summary>
public sealed class HostingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_9_of_the_AppHost_leaves_no_process_behind()
    {
        await using var system = await RunningSystem.StartAsync(Cancellation);
        var children = (await system.ResourcesAsync(Cancellation))
            .Where(resource => resource.GetProperty("kind").GetString() != "task")
            .Select(resource => Process.GetProcessById(resource.GetProperty("pid").GetInt32()))
            .ToList();
        Assert.True(children.Count >= 5, $"Only {children.Count} services run.");

        Process.GetProcessById(system.ProcessId).Kill();

        foreach (var child in children)
        {
            await child.WaitForExitAsync(Cancellation);
            child.Dispose();
        }
    }

    [Fact]
    public async Task Ctrl_C_ends_everything_in_its_order_and_starts_nothing_again()
    {
        await using var system = await RunningSystem.StartAsync(Cancellation);
        var services = (await system.ResourcesAsync(Cancellation)).Select(one => Process.GetProcessById(one.GetProperty("pid").GetInt32())).ToList();

        Assert.Equal(0, await system.InterruptAsync(Cancellation));

        Assert.DoesNotContain("starts again", system.Output, StringComparison.Ordinal);
        Assert.All(services, service => Assert.True(service.HasExited));
        services.ForEach(service => service.Dispose());
    }

    [Fact]
    public async Task A_killed_service_is_restarted_and_counted()
    {
        await using var system = await RunningSystem.StartAsync(Cancellation);

        await system.KillAsync("prompt-gen", Cancellation);

        while (true)
        {
            var resource = (await system.ResourcesAsync(Cancellation)).First(one => one.GetProperty("resource").GetString() == "prompt-gen");
            if (resource.GetProperty("restarts").GetInt32() == 1 && resource.GetProperty("state").GetString() == "healthy") break;
            await Task.Delay(50, Cancellation);
        }
    }

    [Fact]
    public async Task The_sample_run_of_a_first_start_shows_a_result_and_buys_nothing_with_it()
    {
        await using var provider = await OpenAiServer.StartAsync();
        await using var system = await RunningSystem.StartAsync(
            Cancellation,
            ("IPO_SAMPLE", ""),
            ("IPO_SERVER", "http://127.0.0.1:1"), // where a person's own commands go, and the sample does not
            ("IPO_OPENAI_ENDPOINT", provider.Endpoint.ToString()),
            ("IPO_OPENAI_MODEL", "some-language-model"),
            ("IPO_OPENAI_VISION_MODEL", "some-vision-model"),
            ("IPO_OPENAI_KEY", "a-key"));

        while (!system.Output.Contains("Verdict: ", StringComparison.Ordinal))
        {
            var sample = (await system.ResourcesAsync(Cancellation)).First(resource => resource.GetProperty("resource").GetString() == "sample");
            Assert.False(sample.GetProperty("state").GetString() == "failed", system.Output);
            await Task.Delay(100, Cancellation);
        }
        Assert.Empty(provider.Requests);
        var run = Assert.Single((await system.Orchestrator.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs);
        Assert.Equal(("evolve", 0), (run.Settings.Proposer, run.Spending.CostMicroUsd));

        // The command's trace and the run's come whole: nothing in them hangs from a span that is never sent.
        foreach (var name in (string[])["ipo optimize", "run"])
            while (!(await system.GetAsync("/api/traces", Cancellation)).GetProperty("traces").EnumerateArray().Any(trace => trace.GetProperty("name").GetString() == name && !trace.GetProperty("isOpen").GetBoolean()))
                await Task.Delay(100, Cancellation);
    }
}
