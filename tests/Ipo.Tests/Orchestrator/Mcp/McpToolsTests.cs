using System.Text.Json;
using Ipo.Tests.Fakes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Xunit;

namespace Ipo.Tests.Orchestrator.Mcp;

/// <summary>An agent's way through a run, over the protocol.</summary>
public sealed class McpToolsTests : OrchestratorTest
{
    private static readonly string[] Templates = ["a photo of a <CLASS>."];

    private protected override Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny");
        return Lab.RegisterAsync("tiny");
    }

    [Fact]
    public async Task An_agent_is_warned_of_a_small_budget_starts_a_run_and_reports_the_verdict()
    {
        await using var client = await ConnectAsync();
        var dataset = Json(await CallAsync(client, "list_datasets")).GetProperty("datasets")[0];
        Assert.Equal("tiny", dataset.GetProperty("name").GetString());

        var estimate = Json(await CallAsync(client, "estimate_run", ("dataset", "tiny"), ("steps", 1)));
        Assert.Contains("too few", estimate.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);

        var started = Json(await CallAsync(client, "start_run", ("dataset", "tiny"), ("steps", 1), ("shots", 1), ("runId", "agent-1")));
        Assert.Contains("too few", started.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);

        var run = Json(await CallAsync(client, "wait_for_run", ("runId", "agent-1")));
        Assert.Equal("RUN_STATE_COMPLETED", run.GetProperty("state").GetString());
        var verdict = await CallAsync(client, "get_verdict", ("runId", "agent-1"));
        Assert.Contains("# tiny", Text(verdict), StringComparison.Ordinal);

        var scores = Json(await CallAsync(client, "evaluate_templates", ("dataset", "tiny"), ("templates", Templates)));
        Assert.True(scores.GetProperty("results")[0].TryGetProperty("score", out _), scores.ToString());

        var image = Convert.ToBase64String(await File.ReadAllBytesAsync(Directory.GetFiles(Path.Combine(Folder, "data/tiny"), "*.png", SearchOption.AllDirectories)[0], Cancellation));
        var answer = Json(await CallAsync(client, "classify_image", ("runId", "agent-1"), ("imageBase64", image)));
        Assert.Equal(1, answer.GetProperty("classifications").GetArrayLength());
    }

    [Fact]
    public async Task What_is_refused_is_told_in_its_words()
    {
        await using var client = await ConnectAsync();
        var refused = await CallAsync(client, "start_run", ("dataset", "gone"));
        Assert.True(refused.IsError);
        Assert.Contains("There is no dataset 'gone'; registered are: tiny", Text(refused), StringComparison.Ordinal);
        Assert.True((await CallAsync(client, "classify_image", ("runId", "x"), ("imageBase64", "?"))).IsError);
    }

    private Task<McpClient> ConnectAsync() => McpClient.CreateAsync(
        new HttpClientTransport(new() { Endpoint = new Uri(Lab.Http.BaseAddress!, "/mcp") }, Lab.Http), cancellationToken: Cancellation);

    private static async Task<CallToolResult> CallAsync(McpClient client, string tool, params (string Name, object Value)[] arguments) =>
        await client.CallToolAsync(tool, arguments.ToDictionary(one => one.Name, one => (object?)one.Value), cancellationToken: Cancellation);

    private static string Text(CallToolResult result) => Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;

    private static JsonElement Json(CallToolResult result)
    {
        Assert.False(result.IsError is true, Text(result));
        return JsonDocument.Parse(Text(result)).RootElement;
    }
}
