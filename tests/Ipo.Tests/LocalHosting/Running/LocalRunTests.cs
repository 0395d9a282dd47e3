using System.Diagnostics;
using System.Text.Json;
using Aspire.Hosting;
using Ipo.LocalHosting.Running;
using Xunit;

namespace Ipo.Tests.LocalHosting.Running;

public sealed class LocalRunTests
{
    [Fact]
    public async Task A_resource_starts_only_when_those_it_waits_for_are_healthy_and_is_stopped_before_them()
    {
        await using var host = await RunningHost.Healthy(builder =>
        {
            var second = builder.AddService("second");
            second.WaitFor(builder.AddService("first"));
        });
        var lines = host.Run.Logs.Read(null);
        Assert.True(host["first"].Status.Since < lines.First(line => line.Resource == "second").Time);
        await host.Stop();
        Assert.All(host.Run.Replicas, replica => Assert.Equal(ResourceState.Stopped, replica.Status.State));
        Assert.True(host["second"].Status.Since <= host["first"].Status.Since);
    }

    [Fact]
    public async Task Services_find_each_other_and_the_summary_tells_when_all_are_healthy()
    {
        await using var host = await RunningHost.Healthy(builder =>
        {
            var first = builder.AddService("first").WithReplicas(2);
            builder.AddService("second").WithReference(first).WaitFor(first);
        });
        Assert.Equal(host.Address("first-1", "grpc").GetLeftPart(UriPartial.Authority), await host.Get("second", "/variable/services__first__grpc__1"));
        Assert.NotEqual(host.Address("first-0"), host.Address("first-1"));
        Assert.Contains("host    | 3 of 3 resources are healthy after ", host.Output);
        Assert.Contains($"host    | Resources, logs and traces: {host.Run.PageAddress}", host.Output);
    }

    [Fact]
    public async Task A_crashed_service_is_started_again_on_its_port_and_counted()
    {
        await using var host = await RunningHost.Healthy(builder => builder.AddService("one"));
        var before = host["one"].Status.ProcessId;
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => host.Get("one", "/crash/7"));
        await host.Until(() => host["one"].Status is { Restarts: 1, State: ResourceState.Healthy });
        Assert.NotEqual(before, host["one"].Status.ProcessId);
        Assert.Contains("host | one ended with exit code 7, starts again after 1 s", host.Output);
    }

    [Fact]
    public async Task A_service_that_stops_answering_well_is_shown_as_unhealthy_with_what_it_answers()
    {
        await using var host = await RunningHost.Healthy(builder => builder.AddService("one"));
        await host.Get("one", "/ready/false");
        await host.Until(() => host["one"].Status.State == ResourceState.Unhealthy);
        Assert.Equal("/health/ready answers 503", host["one"].Status.Detail);
        await host.Get("one", "/ready/true");
        await host.Until(() => host["one"].Status.State == ResourceState.Healthy);
        Assert.Equal(0, host["one"].Status.Restarts);
    }

    [Fact]
    public async Task A_task_runs_once_after_what_it_waits_for_and_its_failure_stops_only_those_who_need_it()
    {
        await using var host = RunningHost.Start(builder =>
        {
            var draw = builder.AddTask("draw", 0, "drawn");
            builder.AddTask("sample", 0, "ran").WaitForCompletion(draw);
            builder.AddTask("never", 0, "must not run").WaitForCompletion(builder.AddTask("broken", 4));
        });
        await host.Until(() => host.Run.Replicas.Count == 4 && host.Run.Replicas.All(replica => replica.Completed.IsCompleted));
        Assert.Equal((ResourceState.Finished, 0), (host["sample"].Status.State, host["sample"].Status.Restarts));
        Assert.Equal((ResourceState.Failed, 4), (host["broken"].Status.State, host["broken"].Status.ExitCode));
        Assert.Equal((ResourceState.Failed, "not started: broken ended with exit code 4"), (host["never"].Status.State, host["never"].Status.Detail));
        Assert.True(host.Output.IndexOf("| drawn", StringComparison.Ordinal) < host.Output.IndexOf("| ran", StringComparison.Ordinal));
        Assert.DoesNotContain("must not run", host.Output);
    }

    [Fact]
    public async Task A_program_that_cannot_be_started_says_why()
    {
        await using var host = RunningHost.Start(builder => builder.AddExecutable("one", "no-such-program", Path.GetTempPath()));
        await host.Until(() => host.Run.Replicas.Count == 1 && host["one"].Status.State == ResourceState.Failed);
        Assert.Contains("'no-such-program' cannot be started", host.Output);
    }

    [Fact]
    public async Task A_secret_reaches_the_resource_it_is_given_to_and_nothing_else()
    {
        const string Canary = "canary-3f9a0c";
        Environment.SetEnvironmentVariable("IPO_TEST_SECRET", Canary);
        try
        {
            await using var host = await RunningHost.Healthy(builder =>
            {
                builder.Configuration["Parameters:key"] = Canary;
                builder.AddService("with").WithEnvironment("KEY", builder.AddParameter("key", secret: true));
                builder.AddService("without");
            });
            Assert.Equal(Canary, await host.Get("with", "/variable/KEY"));
            Assert.Equal("", await host.Get("without", "/variable/KEY"));
            Assert.Equal("", await host.Get("without", "/variable/IPO_TEST_SECRET"));
            foreach (var path in (string[])["api/resources", "api/logs", "api/traces", "api/metrics"])
                Assert.DoesNotContain(Canary, await host.Http.GetStringAsync(new Uri(host.Run.PageAddress!, path), TestContext.Current.CancellationToken));
            Assert.DoesNotContain(Canary, host.Output);
        }
        finally
        {
            Environment.SetEnvironmentVariable("IPO_TEST_SECRET", null);
        }
    }

    [Fact]
    public async Task The_endpoints_file_tells_where_everything_listens_and_is_gone_after_a_clean_stop()
    {
        await using var host = await RunningHost.Healthy(builder => builder.AddService("orchestrator"));
        var file = Path.Combine(host.Home, "endpoints.json");
        using (var content = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)))
        {
            var services = content.RootElement.GetProperty("services").GetProperty("orchestrator");
            Assert.Equal(host.Address("orchestrator", "grpc").GetLeftPart(UriPartial.Authority), services.GetProperty("grpc").GetString());
            Assert.Equal(host.Address("orchestrator").GetLeftPart(UriPartial.Authority), services.GetProperty("http").GetString());
            Assert.Equal(Environment.ProcessId, content.RootElement.GetProperty("pid").GetInt32());
            Assert.Equal(host.Run.PageAddress, new Uri(content.RootElement.GetProperty("page").GetString()!));
        }
        await host.Stop();
        await host.Run.DisposeAsync();
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Two_hosts_do_not_run_from_one_home()
    {
        await using var host = await RunningHost.Healthy(builder => builder.AddService("one"));
        var builder = new DistributedApplicationBuilder([]);
        builder.Configuration["IPO_HOME"] = host.Home;
        await using var second = new LocalRun(builder.Configuration, [], new ConsoleLog(TextWriter.Null, colour: false));
        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => second.RunAsync(CancellationToken.None));
        Assert.Contains($"Another Ipo runs from {host.Home} already (process {Environment.ProcessId}, {host.Run.PageAddress!.GetLeftPart(UriPartial.Authority)})", refusal.Message);
        Assert.True(File.Exists(Path.Combine(host.Home, "endpoints.json")));
    }

    [Fact]
    public async Task A_port_asked_for_is_the_port_given()
    {
        var port = new FreePorts().Take();
        await using var host = await RunningHost.Healthy(builder => builder.AddProject("one", Path.Combine(Shared.Repository, "tests", "Ipo.TestResource", "Ipo.TestResource.csproj"))
            .WithArgs("service").WithHttpEndpoint(port: port, env: "IPO_HTTP_PORT").WithEndpoint(scheme: "http", name: "grpc", env: "IPO_GRPC_PORT").WithHttpHealthCheck("/health/live"));
        Assert.Equal(port, host.Address("one").Port);
    }

    [Fact]
    public async Task Nothing_outlives_a_host_that_is_killed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "kill -9 is a matter of Unix");
        using var home = new TemporaryFolder();
        var assembly = Path.Combine(Shared.Repository, "tests", "Ipo.TestResource", Path.GetRelativePath(ProjectOutput.ProjectDirectory(AppContext.BaseDirectory), AppContext.BaseDirectory), "Ipo.TestResource.dll");
        var start = new ProcessStartInfo("dotnet", [assembly, "host"]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["IPO_HOME"] = home.Path;
        using var host = Process.Start(start)!;
        using var patience = new CancellationTokenSource(RunningHost.Patience);
        try
        {
            string? line, page = null;
            while ((line = await host.StandardOutput.ReadLineAsync(patience.Token)) is not null && !line.Contains("are healthy", StringComparison.Ordinal))
                page ??= line.Split("traces: ") is [_, var address] ? address : null;
            using var http = new HttpClient();
            using var resources = JsonDocument.Parse(await http.GetStringAsync(new Uri(new Uri(page!), "api/resources"), patience.Token));
            var children = resources.RootElement.GetProperty("resources").EnumerateArray().Select(one => one.GetProperty("pid").GetInt32()).ToList();
            Assert.Equal(2, children.Count);

            host.Kill(); // SIGKILL, and only this one process
            await host.WaitForExitAsync(patience.Token);
            while (children.Exists(IsRunning)) await Task.Delay(50, patience.Token);
        }
        finally
        {
            if (!host.HasExited) host.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task A_termination_signal_stops_all_and_ends_well()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are a matter of Unix");
        using var home = new TemporaryFolder();
        var assembly = Path.Combine(Shared.Repository, "tests", "Ipo.TestResource", Path.GetRelativePath(ProjectOutput.ProjectDirectory(AppContext.BaseDirectory), AppContext.BaseDirectory), "Ipo.TestResource.dll");
        var start = new ProcessStartInfo("dotnet", [assembly, "host"]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["IPO_HOME"] = home.Path;
        using var host = Process.Start(start)!;
        using var patience = new CancellationTokenSource(RunningHost.Patience);
        try
        {
            string? line;
            while ((line = await host.StandardOutput.ReadLineAsync(patience.Token)) is not null && !line.Contains("are healthy", StringComparison.Ordinal)) { }
            using (var kill = Process.Start("kill", ["-TERM", $"{host.Id}"])) await kill.WaitForExitAsync(patience.Token);
            await host.StandardOutput.ReadToEndAsync(patience.Token);
            await host.WaitForExitAsync(patience.Token);
            Assert.Equal(0, host.ExitCode);
            Assert.False(File.Exists(Path.Combine(home.Path, "endpoints.json")));
        }
        finally
        {
            if (!host.HasExited) host.Kill(entireProcessTree: true);
        }
    }

    // A killed process' child becomes the init process' child; where none reaps it, it stays as a zombie, which runs no more.
    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited && !(File.Exists($"/proc/{id}/stat") && File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1][0] == 'Z');
        }
        catch (Exception gone) when (gone is ArgumentException or IOException)
        {
            return false;
        }
    }
}
