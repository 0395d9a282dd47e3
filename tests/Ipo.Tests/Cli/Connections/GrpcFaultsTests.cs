using System.Diagnostics;
using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.ServiceDefaults;
using Ipo.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Xunit;

namespace Ipo.Tests.Cli.Connections;

public sealed class GrpcFaultsTests : CommandTest
{
    [Theory]
    [InlineData(StatusCode.Unavailable, "The clip scorer at http://127.0.0.1:9 does not answer.")]
    [InlineData(StatusCode.ResourceExhausted, "The queue is full: wait and try again.")]
    [InlineData(StatusCode.Internal, "The journal cannot be written: the disk is full.")]
    public async Task What_the_orchestrator_says_is_told_as_it_stands(StatusCode code, string detail)
    {
        Orchestrator.Faults["GetSystem"] = new(new(code, detail));
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("model"));
        Assert.Equal($"ipo: {detail}\n", line.Complaint);
    }

    [Fact]
    public async Task A_status_without_words_is_named()
    {
        Orchestrator.Faults["GetSystem"] = new(new(StatusCode.PermissionDenied, ""));
        var line = Line();
        await line.RunAsync("model");
        Assert.Equal($"ipo: The orchestrator at {Orchestrator.Address}/ answered PermissionDenied without a reason.\n", line.Complaint);
    }

    [Fact]
    public async Task An_orchestrator_that_does_not_know_the_call_is_of_another_version()
    {
        Orchestrator.Faults["GetSystem"] = new(new(StatusCode.Unimplemented, "Method is unimplemented."));
        var line = Line();
        await line.RunAsync("model");
        Assert.StartsWith($"ipo: The service at {Orchestrator.Address}/ does not support this call: it is not an Ipo orchestrator, or a different version.", line.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_takes_too_long_is_not_waited_for()
    {
        Orchestrator.Slowness = TimeSpan.FromMinutes(1);
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("model", "--timeout", "0.2s"));
        Assert.StartsWith($"ipo: The orchestrator at {Orchestrator.Address}/ did not answer in time; it may still be working.", line.Complaint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("settings.shots", "settings.shots is -3; give 0 or more.", "--shots is -3; give 0 or more.")]
    [InlineData("settings.budget.duration", "settings.budget.duration is 0 s.", "--max-time is 0 s.")]
    [InlineData("settings.preset", "There is no preset 'x'.", "--preset: There is no preset 'x'.")]
    public async Task A_refused_value_is_named_by_the_option_that_gave_it(string field, string message, string expected)
    {
        Orchestrator.Faults["CreateRun"] = new ErrorStatus(StatusCode.InvalidArgument, "INVALID_FIELD", message) { Field = field }.ToException();
        var line = Line();
        Assert.Equal(ExitCode.Usage, await line.RunAsync("optimize", "flowers"));
        Assert.Equal($"ipo: {expected}\n", line.Complaint);
    }

    [Fact]
    public async Task A_refused_field_without_an_option_keeps_the_orchestrators_words()
    {
        Orchestrator.Faults["ListRuns"] = new ErrorStatus(StatusCode.InvalidArgument, "INVALID_FIELD", "page_size is 0.") { Field = "page_size" }.ToException();
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("runs"));
        Assert.Equal("ipo: page_size is 0.\n", line.Complaint);
    }

    [Fact]
    public async Task Every_unary_call_has_a_deadline()
    {
        var began = DateTime.UtcNow;
        foreach (var args in (string[])["model", "runs", "datasets", "runs list", "runs show r"]) await Line().RunAsync(args.Split(' '));
        foreach (var args in (string[])["evaluate f -t <CLASS> --timeout 30m", "datasets register f/ --timeout 30m"]) await Line().RunAsync(args.Split(' '));
        await Line().RunAsync("runs", "--timeout", "1h");
        var waits = Orchestrator.Deadlines.Select(deadline => (deadline - began).TotalMinutes).ToList();
        Assert.All(waits[..6], wait => Assert.InRange(wait, 0.4, 1));
        Assert.All(waits[6..10], wait => Assert.InRange(wait, 29, 31));
        Assert.InRange(waits[10], 59, 61);
    }

    [Fact]
    public async Task A_port_that_speaks_no_gRPC_is_told_apart_from_one_where_nothing_answers()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var page = builder.Build();
        await page.StartAsync(TestContext.Current.CancellationToken);
        var line = new CommandLine();
        Assert.Equal(ExitCode.Error, await line.RunAsync("model", "--server", page.Urls.Single()));
        Assert.StartsWith($"ipo: What answers at {page.Urls.Single()}/ (--server) is not an orchestrator's gRPC port", line.Complaint, StringComparison.Ordinal);
        Assert.EndsWith("Pass the address of its gRPC port with --server.\n", line.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_fault_shows_a_stack_trace()
    {
        foreach (var code in Enum.GetValues<StatusCode>().Where(code => code is not StatusCode.OK))
        {
            Orchestrator.Faults["ListRuns"] = new(new(code, "Why."));
            var line = Line();
            Assert.Equal(ExitCode.Error, await line.RunAsync("runs"));
            Assert.DoesNotContain("   at ", line.Complaint, StringComparison.Ordinal);
            Assert.StartsWith("ipo: ", Assert.Single(line.ComplaintLines), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_trace_of_a_call_begins_in_the_command()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Ipo.Cli",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => { lock (spans) spans.Add(span); },
        };
        ActivitySource.AddActivityListener(listener);
        Orchestrator.Faults["GetRun"] = new(new(StatusCode.Internal, "The journal is damaged."));
        await Line().RunAsync("runs", "show", "traced");
        var parent = ActivityContext.Parse(Orchestrator.TraceParents.Single(), null);
        var span = spans.Single(span => span.TraceId == parent.TraceId);
        Assert.Equal(("ipo show", ActivityStatusCode.Error, "traced"), (span.OperationName, span.Status, Orchestrator.Requests.OfType<GetRunRequest>().Single().RunId));
        Assert.True(parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded));
    }
}
