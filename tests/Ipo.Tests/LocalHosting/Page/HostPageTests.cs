using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using Aspire.Hosting;
using Ipo.LocalHosting.Running;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Xunit;

namespace Ipo.Tests.LocalHosting.Page;

public sealed class HostPageTests
{
    private const string Hostile = "<img src=x onerror=alert(1)>";

    private static async Task<JsonElement> Json(RunningHost host, string path)
    {
        using var document = JsonDocument.Parse(await host.Http.GetStringAsync(new Uri(host.Run.PageAddress!, path)));
        return document.RootElement.Clone();
    }

    private static RunningHost Empty() => RunningHost.Start(_ => { });

    [Fact]
    public async Task Resources_are_told_with_state_endpoints_restarts_and_process()
    {
        await using var host = await RunningHost.Healthy(builder =>
        {
            var first = builder.AddService("first");
            builder.AddService("second").WithReference(first).WaitFor(first);
        });
        var second = (await Json(host, "api/resources")).GetProperty("resources").EnumerateArray().Single(one => one.GetProperty("name").GetString() == "second");
        Assert.Equal("healthy", second.GetProperty("state").GetString());
        Assert.Equal("service", second.GetProperty("kind").GetString());
        Assert.Equal(0, second.GetProperty("restarts").GetInt32());
        Assert.Equal(host["second"].Status.ProcessId, second.GetProperty("pid").GetInt32());
        Assert.Equal(["first"], second.GetProperty("uses").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(["grpc", "http"], second.GetProperty("endpoints").EnumerateArray().Select(one => one.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Logs_are_told_by_resource_and_from_a_line_on()
    {
        await using var host = await RunningHost.Healthy(builder => builder.AddService("one"));
        await host.Get("one", "/say/hello");
        await host.Until(() => host.Output.Contains("one  | hello", StringComparison.Ordinal));
        var page = await Json(host, "api/logs?resource=one");
        Assert.Contains("hello", page.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("text").GetString()));
        Assert.All(page.GetProperty("lines").EnumerateArray(), line => Assert.Equal("one", line.GetProperty("resource").GetString()));
        Assert.Empty((await Json(host, $"api/logs?resource=one&after={page.GetProperty("last").GetInt64()}")).GetProperty("lines").EnumerateArray());
    }

    [Fact]
    public async Task Spans_sent_by_the_real_exporter_become_a_trace()
    {
        await using var host = Empty();
        await host.Until(() => host.Run.PageAddress is not null);
        using var source = new ActivitySource("Ipo.Test.Traces");
        string trace;
        using (var sender = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).ConfigureResource(resource => resource.AddService("orchestrator"))
            .AddOtlpExporter(exporter => Configure(exporter, host)).Build())
        {
            using (var run = source.StartActivity("run", ActivityKind.Server)!)
            {
                trace = run.TraceId.ToHexString();
                using var step = source.StartActivity("step")!;
                step.SetTag("ipo.step", 3).SetTag("hostile", Hostile).AddEvent(new("scored", tags: new() { ["accuracy"] = 0.5 }));
                step.SetStatus(ActivityStatusCode.Error, "the answer was empty");
            }
            Assert.True(sender.ForceFlush(60_000));
        }
        await host.Until(() => host.Run.Traces.Find(trace) is { Spans.Count: 2 });

        var summary = (await Json(host, "api/traces")).GetProperty("traces").EnumerateArray().Single();
        Assert.Equal((trace, "run", 2, 1, false), (summary.GetProperty("id").GetString(), summary.GetProperty("name").GetString(),
            summary.GetProperty("spans").GetInt32(), summary.GetProperty("errors").GetInt32(), summary.GetProperty("isOpen").GetBoolean()));
        var spans = (await Json(host, $"api/traces/{trace}")).GetProperty("spans").EnumerateArray().ToList();
        var (outer, inner) = (spans.Single(span => span.GetProperty("name").GetString() == "run"), spans.Single(span => span.GetProperty("name").GetString() == "step"));
        Assert.Equal(outer.GetProperty("id").GetString(), inner.GetProperty("parent").GetString());
        Assert.Equal(("server", "internal"), (outer.GetProperty("kind").GetString(), inner.GetProperty("kind").GetString()));
        Assert.Equal("orchestrator", inner.GetProperty("service").GetString());
        Assert.Equal("the answer was empty", inner.GetProperty("message").GetString());
        Assert.Contains(inner.GetProperty("attributes").EnumerateArray(), one => one.GetProperty("name").GetString() == "ipo.step" && one.GetProperty("value").GetString() == "3");
        Assert.Equal("scored", inner.GetProperty("events")[0].GetProperty("name").GetString());
        Assert.True(inner.GetProperty("offset").GetDouble() >= 0);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync(new Uri(host.Run.PageAddress!, "api/traces/00"), TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Measurements_sent_by_the_real_exporter_are_kept_by_their_last_value()
    {
        await using var host = Empty();
        await host.Until(() => host.Run.PageAddress is not null);
        using var meter = new Meter("Ipo.Test.Metrics");
        var scored = meter.CreateCounter<long>("ipo.candidates.scored", "{candidate}", "Candidates scored.");
        var time = meter.CreateHistogram<double>("ipo.score.duration", "s");
        using (var sender = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name).ConfigureResource(resource => resource.AddService("clip-scorer", serviceInstanceId: "clip-scorer-0"))
            .AddOtlpExporter(exporter => Configure(exporter, host)).Build())
        {
            scored.Add(2, new KeyValuePair<string, object?>("outcome", "ok"));
            time.Record(0.25);
            Assert.True(sender.ForceFlush(60_000));
            scored.Add(3, new KeyValuePair<string, object?>("outcome", "ok"));
            time.Record(0.75);
            Assert.True(sender.ForceFlush(60_000));
        }
        var metrics = (await Json(host, "api/metrics")).GetProperty("metrics").EnumerateArray().ToDictionary(one => one.GetProperty("name").GetString()!);
        Assert.Equal((5, "clip-scorer-0"), (metrics["ipo.candidates.scored"].GetProperty("value").GetDouble(), metrics["ipo.candidates.scored"].GetProperty("instance").GetString()));
        Assert.Equal((2UL, 1.0), (metrics["ipo.score.duration"].GetProperty("count").GetUInt64(), metrics["ipo.score.duration"].GetProperty("sum").GetDouble()));
    }

    [Fact]
    public async Task A_span_and_a_log_line_of_a_service_come_by_themselves()
    {
        await using var host = await RunningHost.Healthy(builder => builder.AddService("one"));
        await host.Get("one", "/say/hello");
        await host.Until(() => host.Run.Traces.List().Any(trace => trace.Name.Contains("/say/{text}", StringComparison.Ordinal)));
        Assert.Equal(["one"], host.Run.Traces.List().Single().Services); // and none for the health probes
    }

    [Fact]
    public async Task Hostile_text_leaves_the_server_as_data_never_as_markup()
    {
        await using var host = Empty();
        await host.Until(() => host.Run.PageAddress is not null);
        host.Run.Record("one", Hostile, isError: false);
        using var answer = await host.Http.GetAsync(new Uri(host.Run.PageAddress!, "api/logs"), TestContext.Current.CancellationToken);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.DoesNotContain("<img", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task The_pages_script_never_makes_markup_of_text()
    {
        await using var host = Empty();
        await host.Until(() => host.Run.PageAddress is not null);
        var script = await host.Http.GetStringAsync(new Uri(host.Run.PageAddress!, "page.js"), TestContext.Current.CancellationToken);
        foreach (var way in (string[])["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "DOMParser"])
            Assert.DoesNotContain(way, script);
        var page = await host.Http.GetStringAsync(host.Run.PageAddress, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("https://", page); // nothing is loaded from elsewhere
        Assert.Contains("/page.css", page);
        Assert.Contains(".waterfall", await host.Http.GetStringAsync(new Uri(host.Run.PageAddress!, "page.css"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.Forbidden)]
    public async Task Another_name_for_this_machine_is_refused(string name, HttpStatusCode expected)
    {
        await using var host = Empty();
        await host.Until(() => host.Run.PageAddress is not null);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Run.PageAddress!, "api/resources"));
        request.Headers.Host = $"{name}:{host.Run.PageAddress!.Port}";
        using var answer = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task A_taken_page_port_is_refused_with_the_setting_that_chose_it()
    {
        await using var host = Empty();
        await host.Until(() => host.Run.PageAddress is not null);
        using var home = new TemporaryFolder();
        var builder = new DistributedApplicationBuilder([]);
        builder.Configuration["IPO_HOME"] = home.Path;
        builder.Configuration["IPO_PAGE_PORT"] = $"{host.Run.PageAddress!.Port}";
        await using var second = new LocalRun(builder.Configuration, [], new ConsoleLog(TextWriter.Null, colour: false));
        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => second.RunAsync(CancellationToken.None));
        Assert.Contains("IPO_PAGE_PORT", refusal.Message);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("70000")]
    [InlineData("web")]
    public async Task A_page_port_that_is_none_is_refused(string port)
    {
        using var home = new TemporaryFolder();
        var builder = new DistributedApplicationBuilder([]);
        builder.Configuration["IPO_HOME"] = home.Path;
        builder.Configuration["IPO_PAGE_PORT"] = port;
        await using var run = new LocalRun(builder.Configuration, [], new ConsoleLog(TextWriter.Null, colour: false));
        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => run.RunAsync(CancellationToken.None));
        Assert.StartsWith($"IPO_PAGE_PORT is '{port}'; set it to a port from 1 to 65535", refusal.Message, StringComparison.Ordinal);
    }

    private static void Configure(OtlpExporterOptions exporter, RunningHost host)
    {
        exporter.Protocol = OtlpExportProtocol.Grpc;
        exporter.Endpoint = new Uri(host.Run.TelemetryAddress!);
    }
}
