using System.Text.Json;
using Ipo.Cli.Connections;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Commands;

public sealed class JsonTests : CommandTest
{
    private readonly string image = Path.GetTempFileName();

    private protected override void Prepare()
    {
        Orchestrator.Run = Runs.Completed;
        Orchestrator.Report = Runs.Report;
        Orchestrator.Dataset = new() { Name = "flowers" };
        Orchestrator.Facts = new() { Model = new() { Name = "ipo-tiny" } };
        Orchestrator.Evaluation = new() { Results = { new EvaluatedTemplate { PromptSet = Prompts.Set("<CLASS>"), Score = new() } } };
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        File.Delete(image);
    }

    [Theory]
    [InlineData("optimize flowers --detach", "run")]
    [InlineData("runs", "runs")]
    [InlineData("runs list", "runs")]
    [InlineData("runs show r1", "run")]
    [InlineData("runs cancel r1", "run")]
    [InlineData("runs resume r1", "run")]
    [InlineData("report r1", "winner")]
    [InlineData("evaluate flowers -t <CLASS>", "results")]
    [InlineData("classify r1 IMAGE", "classifications")]
    [InlineData("datasets", "datasets")]
    [InlineData("datasets list", "datasets")]
    [InlineData("datasets register flowers/", "dataset")]
    [InlineData("datasets show flowers", "dataset")]
    [InlineData("model", "model")]
    [InlineData("version", "version")]
    public async Task Every_command_gives_one_document_on_standard_output(string args, string member)
    {
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync([.. args.Replace("IMAGE", image, StringComparison.Ordinal).Split(' '), "--json"]));
        using var document = JsonDocument.Parse(line.Out);
        Assert.True(document.RootElement.TryGetProperty(member, out _));
    }

    [Fact]
    public async Task A_deleted_run_is_an_empty_document()
    {
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("runs", "delete", "r1", "--yes", "--json"));
        Assert.Equal("{}", line.Out.Replace(" ", "", StringComparison.Ordinal).Trim());
    }

    [Fact]
    public async Task Zeros_are_written_and_absent_values_are_not()
    {
        Orchestrator.Run = new() { RunId = "r1", Settings = new() { Seed = 0 } };
        var line = Line();
        await line.RunAsync("runs", "show", "r1", "--json");
        using var document = JsonDocument.Parse(line.Out);
        var run = document.RootElement.GetProperty("run");
        Assert.Equal(0, run.GetProperty("stepsCompleted").GetInt32());
        Assert.Equal("0", run.GetProperty("settings").GetProperty("seed").GetString());
        Assert.False(run.GetProperty("settings").TryGetProperty("shots", out _));
        Assert.False(run.TryGetProperty("best", out _));
    }

    [Fact]
    public async Task An_error_leaves_standard_output_empty()
    {
        Orchestrator.Faults["GetRun"] = new(new(Grpc.Core.StatusCode.NotFound, "There is no run 'r2'."));
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("runs", "show", "r2", "--json"));
        Assert.Equal(("", "ipo: No run id begins with 'r2'; 'ipo runs' lists them.\n"), (line.Out, line.Error));
    }

    [Fact]
    public async Task The_format_json_is_the_same_as_json()
    {
        var (format, json) = (Line(), Line());
        await format.RunAsync("report", "r1", "--format", "json");
        await json.RunAsync("report", "r1", "--json");
        Assert.Equal(json.Out, format.Out);
        Assert.Equal(Runs.Report.Report, RunReport.Parser.ParseJson(json.Out));
    }
}
