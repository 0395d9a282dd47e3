using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Ipo.Tests.Fakes;
using Microsoft.OpenApi.Readers;
using Xunit;

namespace Ipo.Tests.Orchestrator.Http;

public sealed class HttpApiTests : OrchestratorTest
{
    /// <summary>The files of all contracts.</summary>
    internal static IEnumerable<FileDescriptor> Contracts => typeof(V1.IpoClient).Assembly.GetTypes()
        .Where(type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
        .Select(type => (FileDescriptor)type.GetProperty("Descriptor")!.GetValue(null)!);

    private protected override Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny");
        return Lab.RegisterAsync("tiny");
    }

    [Fact]
    public async Task A_run_is_made_watched_and_deleted_over_json()
    {
        var created = await PostAsync("/v1/runs", new { runId = "json-1", settings = new { dataset = "tiny", steps = 1, shots = 1 } });
        Assert.Equal("json-1", created.GetProperty("run").GetProperty("runId").GetString());
        await Lab.EndAsync("json-1");

        var run = (await GetAsync("/v1/runs/json-1")).GetProperty("run");
        Assert.Equal(("RUN_STATE_COMPLETED", "tiny"), (run.GetProperty("state").GetString(), run.GetProperty("settings").GetProperty("dataset").GetString()));
        Assert.Equal("json-1", Assert.Single((await GetAsync("/v1/runs?states=RUN_STATE_COMPLETED&page_size=1")).GetProperty("runs").EnumerateArray()).GetProperty("runId").GetString());
        Assert.Contains("# ", (await GetAsync("/v1/runs/json-1/report")).GetProperty("markdown").GetString(), StringComparison.Ordinal);

        // A stream is a JSON object a line.
        var lines = (await Lab.Http.GetStringAsync("/v1/runs/json-1:watch", Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("json-1", JsonDocument.Parse(lines[^1]).RootElement.GetProperty("run").GetProperty("runId").GetString());

        var basic = await GetAsync("/v1/runs/json-1/report?view=REPORT_VIEW_BASIC");
        Assert.Equal(("", 0), (basic.GetProperty("markdown").GetString(), basic.GetProperty("report").GetProperty("trajectory").GetArrayLength()));
        Assert.NotEqual("", basic.GetProperty("report").GetProperty("verdict").GetProperty("message").GetString());

        Assert.Equal(HttpStatusCode.OK, (await Lab.Http.DeleteAsync("/v1/runs/json-1", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Lab.Http.DeleteAsync("/v1/runs/json-1", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Lab.Http.DeleteAsync("/v1/runs/json-1?allowMissing=true", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Lab.Http.GetAsync("/v1/runs/json-1", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task A_run_is_watched_as_server_sent_events()
    {
        await Lab.CreateAsync(new() { Dataset = "tiny", Steps = 1, Shots = 1 }, "sse-1");
        using var response = await Lab.Http.GetAsync("/v1/runs/sse-1/events", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var text = await response.Content.ReadAsStringAsync(Cancellation); // it ends with the run
        var data = text.Split('\n').Last(line => line.StartsWith("data: ", StringComparison.Ordinal))["data: ".Length..];
        Assert.Equal("RUN_STATE_COMPLETED", JsonDocument.Parse(data).RootElement.GetProperty("run").GetProperty("state").GetString());
        Assert.Contains("event: run\n", text, StringComparison.Ordinal);

        using var unknown = await Lab.Http.GetAsync("/v1/runs/gone/events", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        AssertReason("RUN_NOT_FOUND", await unknown.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Events_take_the_parameters_of_a_watch_and_refuse_others()
    {
        await Lab.CreateAsync(new() { Dataset = "tiny", Steps = 1, Shots = 1 }, "sse-3");
        var text = await Lab.Http.GetStringAsync("/v1/runs/sse-3/events?smallestInterval=3600s&readMask=state,stepsCompleted", Cancellation);
        var data = text.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).ToList();
        Assert.InRange(data.Count, 1, 2); // the first state and the final one
        var run = JsonDocument.Parse(data[^1]["data: ".Length..]).RootElement.GetProperty("run");
        Assert.Equal(("RUN_STATE_COMPLETED", 1), (run.GetProperty("state").GetString(), run.GetProperty("stepsCompleted").GetInt32()));
        Assert.False(run.TryGetProperty("settings", out _));
        var masked = (await GetAsync("/v1/runs/sse-3?readMask=stepsCompleted,outcome.verdict")).GetProperty("run");
        Assert.Equal((1, false), (masked.GetProperty("stepsCompleted").GetInt32(), masked.TryGetProperty("settings", out _)));

        foreach (var query in (string[])["interval=1s", "smallestInterval=soon", "smallestInterval=-1s", "readMask=colour", "readMask=state&readMask=reason"])
        {
            using var refused = await Lab.Http.GetAsync($"/v1/runs/sse-3/events?{query}", Cancellation);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            AssertReason("INVALID_FIELD", await refused.Content.ReadAsStringAsync(Cancellation));
        }
    }

    [Fact]
    public async Task A_stream_of_events_ends_with_the_orchestrator_and_goes_on_where_it_stood()
    {
        var gate = new TaskCompletionSource();
        Fakes.PromptGen.Instead = async _ => { await gate.Task; return null; };
        await Lab.CreateAsync(new() { Dataset = "tiny", Steps = 1, Shots = 1 }, "sse-2");
        using var response = await Lab.Http.GetAsync("/v1/runs/sse-2/events", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var stream = await response.Content.ReadAsStreamAsync(Cancellation);
        await using var events = SseParser.Create(stream).EnumerateAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await events.MoveNextAsync());
        var stopping = Lab.StopAsync();
        while (await events.MoveNextAsync()) { } // it ends, and does not break off
        gate.SetResult();
        await stopping;

        await RestartAsync(_ => { });
        await Lab.EndAsync("sse-2");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/runs/sse-2/events") { Headers = { { "Last-Event-ID", "1" } } };
        using var again = await Lab.Http.SendAsync(request, Cancellation);
        var text = await again.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("RUN_STATE_COMPLETED", text, StringComparison.Ordinal);

        // Whoever saw the end is told to ask no more.
        var last = text.Split('\n').Last(line => line.StartsWith("id: ", StringComparison.Ordinal))["id: ".Length..];
        using var ended = new HttpRequestMessage(HttpMethod.Get, "/v1/runs/sse-2/events") { Headers = { { "Last-Event-ID", last } } };
        Assert.Equal(HttpStatusCode.NoContent, (await Lab.Http.SendAsync(ended, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task What_is_wrong_is_refused_with_reason_and_field()
    {
        using var refused = await Lab.Http.PostAsJsonAsync("/v1/runs", new { settings = new { dataset = "tiny", steps = -3 } }, Cancellation);
        var body = await refused.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        AssertReason("INVALID_FIELD", body);
        Assert.Contains("\"settings.steps\"", body, StringComparison.Ordinal);

        using var misspelled = await Lab.Http.PostAsJsonAsync("/v1/runs", new { settings = new { dataset = "tiny", shot = 3 } }, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, misspelled.StatusCode);
        Assert.Contains("shot", await misspelled.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);

        using var unknown = await Lab.Http.GetAsync("/v1/runs?state=RUN_STATE_FAILED", Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        Assert.Contains("state is unknown; ListRunsRequest has dataset, states,", await unknown.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_speaks_grpc_web()
    {
        using var channel = GrpcChannel.ForAddress(
            Lab.Http.BaseAddress!, new() { HttpHandler = new GrpcWebHandler(GrpcWebMode.GrpcWebText, Lab.Handler) });
        var datasets = await new V1.DatasetService.DatasetServiceClient(channel).ListDatasetsAsync(new(), cancellationToken: Cancellation);
        Assert.Equal("tiny", Assert.Single(datasets.Datasets).Name);
    }

    [Fact]
    public async Task OpenApi_is_valid_and_has_a_page()
    {
        var document = await Lab.Http.GetStringAsync("/openapi/v1.json", Cancellation);
        new OpenApiStringReader().Read(document, out var diagnostic);
        Assert.Empty(diagnostic.Errors);
        Assert.Contains("swagger-ui", await Lab.Http.GetStringAsync("/api/index.html", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_contracts_are_served_with_all_that_they_import()
    {
        await using var content = await Lab.Http.GetStreamAsync("/protos.zip", Cancellation);
        using var zip = new ZipArchive(content);
        var files = zip.Entries.Select(entry => entry.FullName).ToHashSet();
        Assert.Contains("ipo/v1/runs.proto", files);
        foreach (var entry in zip.Entries)
        {
            using var text = new StreamReader(await entry.OpenAsync(Cancellation));
            foreach (Match import in Regex.Matches(await text.ReadToEndAsync(Cancellation), "^import \"([^\"]+)\"", RegexOptions.Multiline))
                if (!import.Groups[1].Value.StartsWith("google/protobuf/", StringComparison.Ordinal)) Assert.Contains(import.Groups[1].Value, files);
        }
    }

    [Fact]
    public async Task OpenApi_names_every_rpc_of_the_public_contract()
    {
        var paths = (await GetAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(verb => $"{verb.Name} {Unnamed(path.Name)}")).ToHashSet();
        var rpcs = Contracts.Where(file => file.Package == "ipo.v1")
            .SelectMany(file => file.Services).SelectMany(service => service.Methods)
            .Where(rpc => !rpc.IsClientStreaming).ToList(); // UploadFiles, which JSON cannot say: its paths are endpoints
        Assert.NotEmpty(rpcs);
        foreach (var rpc in rpcs)
        {
            var rule = rpc.GetOptions()?.GetExtension(Google.Api.AnnotationsExtensions.Http);
            Assert.True(rule is not null, $"{rpc.FullName} has no path over HTTP");
            var (verb, path) = rule.Get.Length > 0 ? ("get", rule.Get) : rule.Delete.Length > 0 ? ("delete", rule.Delete) : ("post", rule.Post);
            Assert.Contains($"{verb} {Unnamed(path)}", paths);
        }
    }

    [Theory]
    [InlineData("http://evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("null", null, HttpStatusCode.Forbidden)]
    [InlineData("http://localhost", null, HttpStatusCode.OK)]
    [InlineData(null, "evil.example", HttpStatusCode.OK)]
    public async Task Pages_of_other_origins_are_refused(string? origin, string? host, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/datasets");
        if (origin is not null) request.Headers.Add("Origin", origin);
        if (host is not null) request.Headers.Host = host;
        using var response = await Lab.Http.SendAsync(request, Cancellation);
        Assert.Equal(expected, response.StatusCode);
    }

    // {run_id} in the contract is {runId} in OpenAPI.
    private static string Unnamed(string path) => Regex.Replace(path, @"\{\w+\}", "{}");

    private static void AssertReason(string reason, string body)
    {
        var details = JsonDocument.Parse(body).RootElement.GetProperty("details").EnumerateArray();
        Assert.Contains(details, detail => detail.TryGetProperty("reason", out var found) && found.GetString() == reason);
    }

    private async Task<JsonElement> GetAsync(string path) => await Lab.Http.GetFromJsonAsync<JsonElement>(path, Cancellation);

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await Lab.Http.PostAsJsonAsync(path, body, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
