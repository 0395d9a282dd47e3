using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Ipo.Keys;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Journal;
using Ipo.Orchestrator.Storage;
using Ipo.Orchestrator.Uploads;
using Ipo.Tests.Fakes;
using Ipo.Tests.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.Orchestrator.Http;

/// <summary>docs/errors.md is what the public services answer: each of its rows is provoked here.</summary>
public sealed partial class ErrorsPageTests : OrchestratorTest
{
    private const string Beginning =
        """
        # Errors

        Every error of the public services is a [`google.rpc.Status`](https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto):
        in gRPC in the trailer `grpc-status-details-bin`, over HTTP as the JSON body. Its message is for a person and may change. Its
        details are for programs:

        - `google.rpc.ErrorInfo` is always there: `domain` is `ipo`, `reason` is one of those below and is never renamed, and `metadata`
          names what the error is about.
        - `google.rpc.BadRequest` names the field that is wrong by its path.
        - `google.rpc.RetryInfo` says after which time the same request may succeed. Where it is absent, sending it again does not help
          before something else has changed.

        UNAVAILABLE without details is the connection's and not an answer: the server was not reached, or went away. What changes nothing when it is sent
        twice (the contract says `IDEMPOTENT` or `NO_SIDE_EFFECTS`) is then sent again, as [the clients](clients.md) do.

        What a request held is quoted in part only where it is long. A call that its caller gave up ends with CANCELLED or
        DEADLINE_EXCEEDED and without details.

        A test provokes each row and writes this table (`IPO_WRITE_GOLDENS=1`).

        | reason | gRPC | HTTP | details | when | again |
        |---|---|---|---|---|---|

        """;

    private static readonly string Page = Path.Combine(Shared.Repository, "docs", "errors.md");
    private static readonly JsonParser Json = new(
        JsonParser.Settings.Default.WithTypeRegistry(TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor)));

    private static readonly string[] Projects = ["Ipo.Orchestrator", "Ipo.ServiceDefaults"];
    private static readonly string[] Templates = ["a photo of a <CLASS>."];
    private static readonly string[] Checkpoints = ["gone"];
    private static readonly string[] Images = [Convert.ToBase64String("image"u8)];

    private readonly List<(string Reason, string Row)> _rows = [];

    private protected override Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny");
        Directory.CreateDirectory(Path.Combine(Folder, "data", "empty"));
        return Lab.RegisterAsync("tiny");
    }

    private protected override void Configure(OrchestratorOptions options) => options.MostUploadedBytes = 1024 * 1024;

    [Fact]
    public async Task The_page_lists_what_the_services_answer()
    {
        await OfRequestsAsync();
        await OfUploadsAsync();
        await OfRunsAsync();
        await OfOtherServicesAsync();
        await OfJournalsAsync();
        await OfCallersAsync();

        var text = Beginning.ReplaceLineEndings("\n")
            + string.Concat(_rows.OrderBy(row => row.Reason, StringComparer.Ordinal).Select(row => row.Row + "\n"));
        if (Environment.GetEnvironmentVariable("IPO_WRITE_GOLDENS") == "1") await File.WriteAllTextAsync(Page, text, Cancellation);
        Assert.Equal(await File.ReadAllTextAsync(Page, Cancellation), text);
        Assert.Equal(ReasonsOfTheCode(), _rows.Select(row => row.Reason).Order(StringComparer.Ordinal));
    }

    private async Task OfRequestsAsync()
    {
        await HttpAsync(
            "INVALID_FIELD", "A field holds what it does not take, or is unknown.",
            http => http.PostAsJsonAsync("/v1/runs", new { settings = new { dataset = "tiny", steps = -3 } }, Cancellation));
        using var channel = GrpcChannel.ForAddress(Lab.Http.BaseAddress!, new() { HttpHandler = Lab.Handler });
        await GrpcAsync(
            "INVALID_MESSAGE", "The bytes are not a message of protobuf, or end early.",
            () => ServedMethodsTests.SendAsync(channel, MethodType.Unary, "ipo.v1.RunService", "GetRun", [0x7A]));
        await HttpAsync(
            "INVALID_CONTENT", "What a request points to, for instance a folder or an upload, is not what it should be.",
            http => http.PostAsJsonAsync("/v1/datasets", new { path = "empty" }, Cancellation));
        await HttpAsync("DATASET_NOT_FOUND", "There is no such dataset.", http => http.GetAsync("/v1/datasets/gone", Cancellation));
        await HttpAsync("RUN_NOT_FOUND", "There is no such run.", http => http.GetAsync("/v1/runs/gone", Cancellation));
        await HttpAsync(
            "IMAGE_NOT_FOUND", "The dataset has no such image.",
            http => http.GetAsync($"/v1/datasets/tiny/images/{new string('0', 64)}", Cancellation));
        await HttpAsync(
            "UPLOAD_NOT_FOUND", "There is no such upload, or it is older than a week.",
            http => http.PostAsJsonAsync("/v1/datasets", new { name = "new", upload = new string('0', 64) }, Cancellation));
        await HttpAsync(
            "OPERATION_NOT_FOUND", "There is no such operation, or it ended more than a week ago.",
            http => http.GetAsync("/v1/operations/gone", Cancellation));
        await HttpAsync("FOREIGN_ORIGIN", "A page of another site calls; `Ipo:Orchestrator:AllowedOrigins` lists those that may.", http =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/v1/runs");
            request.Headers.Add("Origin", "https://elsewhere.example");
            return http.SendAsync(request, Cancellation);
        });
    }

    private async Task OfUploadsAsync()
    {
        var content = Encoding.UTF8.GetBytes("an upload");
        var digest = Convert.ToHexStringLower(SHA256.HashData(content));
        var (begun, rest) = (new TaskCompletionSource(), new TaskCompletionSource());
        async IAsyncEnumerable<ReadOnlyMemory<byte>> Slowly()
        {
            begun.SetResult();
            await rest.Task;
            yield return content;
        }
        var sending = Lab.Services.GetRequiredService<IContentStore>().WriteAsync(digest, content.Length, 0, Slowly(), Cancellation);
        await begun.Task;
        await HttpAsync(
            "BUSY", "Another call is at the same thing.",
            http => http.PutAsync($"/v1/uploads/{digest}", new ByteArrayContent(content), Cancellation));
        rest.SetResult();
        await sending;
        await HttpAsync(
            "LIMIT_REACHED", "What is kept has reached its limit, for instance `Ipo:Orchestrator:MostUploadedBytes`.",
            http => http.PutAsync($"/v1/uploads/{new string('1', 64)}", new ByteArrayContent(new byte[1024 * 1024]), Cancellation));
    }

    private async Task OfRunsAsync()
    {
        var gate = new TaskCompletionSource();
        Fakes.PromptGen.Instead = async _ => { await gate.Task; return null; };
        await Lab.CreateAsync(new() { Dataset = "tiny", Steps = 1, Shots = 1 }, "run");
        await HttpAsync(
            "ALREADY_EXISTS", "Something else has the name, for instance a run with other settings.",
            http => http.PostAsJsonAsync("/v1/runs", new { runId = "run", settings = new { dataset = "tiny", steps = 2 } }, Cancellation));
        await HttpAsync(
            "FAILED_PRECONDITION", "The state of a run, a dataset or a service forbids it.",
            http => http.DeleteAsync("/v1/runs/run", Cancellation));
        await HttpAsync(
            "TEST_IMAGES_SEALED", "Test images stay sealed until the run that will be proved on them is done.",
            http => http.PostAsJsonAsync("/v1/evaluations", new
            {
                dataset = "tiny",
                promptSets = new object[] { new { templates = Templates } },
                split = "SPLIT_TEST",
                classes = "EVALUATED_CLASSES_ALL",
            }, Cancellation));
        gate.SetResult();
        await Lab.EndAsync("run");
        await HttpAsync(
            "CHECKPOINT_NOT_FOUND", "No scorer has such a checkpoint; the message lists those that are served.",
            http => http.PostAsJsonAsync("/v1/runs/run:compare", new { checkpoints = Checkpoints }, Cancellation));
        var ran = Fakes.Scorer.Model;
        Fakes.Scorer.Model = new(ran) { Digest = new string('d', 64) };
        await HttpAsync(
            "CHECKPOINT_CHANGED", "The scorer has another checkpoint than the run was made with.",
            http => http.PostAsJsonAsync("/v1/runs/run:classify", new { contents = Images }, Cancellation));
        Fakes.Scorer.Model = ran;
    }

    private async Task OfOtherServicesAsync()
    {
        Fakes.Scorer.Before = _ => throw new RpcException(new Grpc.Core.Status(StatusCode.Internal, "broken"));
        await HttpAsync(
            "SERVICE_FAILED", "Another service refuses the call or has a fault; the code is the one that it gave.",
            http => http.GetAsync("/v1/system", Cancellation));
        Fakes.Scorer.Before = _ => throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "away"));
        await HttpAsync(
            "SERVICE_UNAVAILABLE", "Another service does not answer.", http => http.GetAsync("/v1/system", Cancellation));
        Fakes.Scorer.Before = _ => { };
    }

    private async Task OfJournalsAsync()
    {
        using (var connection = Lab.Services.GetRequiredService<Database>().Open())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "INSERT INTO runs (tenant, run_id, length, digest) VALUES ('local', 'damaged', 2, '')";
            command.ExecuteNonQuery();
        }
        await HttpAsync(
            "JOURNAL_DAMAGED", "A run's journal cannot be read; the message says from where on, and what can be done.",
            http => http.GetAsync("/v1/runs/damaged", Cancellation));

        using var folder = new TempFolder();
        TinyDataset.Write(folder, "data/tiny");
        var journal = new MemoryJournal();
        await using var lab = await OrchestratorLab.StartAsync(folder, Fakes, journal);
        await lab.RegisterAsync("tiny");
        await lab.CreateAsync(new() { Dataset = "tiny", Steps = 1, Shots = 1 }, "run");
        await lab.EndAsync("run");
        journal.Deleting = run => throw new JournalConflictException(run, 1, 2);
        await HttpAsync(
            "WRITE_CONFLICT", "Somebody else wrote to the run at the same moment; nothing was changed.",
            _ => lab.Http.DeleteAsync("/v1/runs/run", Cancellation));
        journal.Deleting = _ => throw new Ipo.Orchestrator.Storage.DatabaseUnavailableException("away");
        await HttpAsync(
            "DATABASE_UNAVAILABLE", "The database cannot be reached or written; nothing was changed.",
            _ => lab.Http.DeleteAsync("/v1/runs/run", Cancellation));
        journal.Deleting = _ => throw new Ipo.Orchestrator.Storage.DatabaseDamagedException("broken", new IOException());
        await HttpAsync(
            "DATABASE_DAMAGED", "Something in the database cannot be read as it was written: restore a backup.",
            _ => lab.Http.DeleteAsync("/v1/runs/run", Cancellation));
        journal.Deleting = _ => throw new InvalidOperationException("a fault of ours");
        await HttpAsync(
            "INTERNAL_ERROR", "A fault of Ipo; the service's log has more under the reference.",
            _ => lab.Http.DeleteAsync("/v1/runs/run", Cancellation));

        var gate = new TaskCompletionSource();
        Fakes.PromptGen.Instead = async _ => { await gate.Task; return null; };
        await lab.CreateAsync(new() { Dataset = "tiny", Steps = 1, Shots = 1 }, "watched");
        using var watch = lab.Client.Runs.WatchRun(new() { RunId = "watched" }, cancellationToken: Cancellation);
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        var stopping = lab.StopAsync();
        await GrpcAsync(
            "SHUTTING_DOWN", "A watch ends because the orchestrator stops; a run goes on after its next start, an operation when it is created again.",
            async () => { while (await watch.ResponseStream.MoveNext(Cancellation)) { } });
        gate.SetResult();
        await stopping;
    }

    private async Task OfCallersAsync()
    {
        using var folder = new TempFolder();
        await using var provider = await IdentityProvider.StartAsync();
        var (path, now) = (Path.Combine(folder, "keys.json"), DateTimeOffset.UtcNow);
        var (reader, read) = ApiKey.Create("reader", Role.Read, "local", now, null);
        var (runner, run) = ApiKey.Create("runner", Role.Run, "local", now, null);
        var (old, expired) = ApiKey.Create("old", Role.Read, "local", now, now.AddDays(-1));
        var (gone, revoked) = ApiKey.Create("gone", Role.Read, "local", now, null);
        KeysFile.Write(path, [reader, runner, old, gone with { Revoked = now }]);
        TinyDataset.Write(folder, "data/local/tiny");
        await using var lab = await OrchestratorLab.StartAsync(folder, Fakes, services: services => services.Configure<AccessOptions>(access =>
        {
            access.KeysFile = path;
            access.Jwt.Authority = provider.Address;
            access.Jwt.Audience = IdentityProvider.Audience;
            access.AuditFile = Path.Combine(folder, "audit", "log.jsonl");
            access.Limits.RequestsPerSecond = 5;
            access.Limits.RunningRuns = 1;
            access.CheckInterval = TimeSpan.FromMilliseconds(100);
        }));
        Directory.CreateDirectory(Path.Combine(folder, "audit"));

        await CallAsync("TOKEN_MISSING", "No key and no token was sent.", HttpMethod.Get, "/v1/runs", null);
        await CallAsync("TOKEN_INVALID", "The key or token is none that is taken.", HttpMethod.Get, "/v1/runs", "ipo_x");
        await CallAsync("TOKEN_EXPIRED", "The key or token has expired.", HttpMethod.Get, "/v1/runs", expired);
        await CallAsync("TOKEN_REVOKED", "The key was revoked.", HttpMethod.Get, "/v1/runs", revoked);
        await CallAsync("TOKEN_IN_QUERY", "A token stands in the address; it takes a header.", HttpMethod.Get, "/v1/runs?access_token=x", read);
        await CallAsync("ROLE_LACKING", "The caller's role is too low.", HttpMethod.Delete, "/v1/runs/x", read);
        await CallAsync(
            "TENANT_MISSING", "The identity provider's token names no tenant.", HttpMethod.Get, "/v1/runs", provider.Token(tenant: null));

        var gate = new TaskCompletionSource();
        Fakes.PromptGen.Instead = async _ => { await gate.Task; return null; };
        (await lab.Http.SendAsync(Request(HttpMethod.Post, "/v1/datasets", run, new { path = "tiny" }), Cancellation)).EnsureSuccessStatusCode();
        var running = new { runId = "one", settings = new { dataset = "tiny", steps = 1, shots = 1 } };
        (await lab.Http.SendAsync(Request(HttpMethod.Post, "/v1/runs", run, running), Cancellation)).EnsureSuccessStatusCode();
        await CallAsync(
            "QUOTA_REACHED", "The caller's share is used up (`Ipo:Orchestrator:Access:Limits`): of running runs, or of a day, which ends at midnight UTC.",
            HttpMethod.Post, "/v1/runs", run, running with { runId = "two" });
        using (var watch = lab.Client.Runs.WatchRun(
            new() { RunId = "one" }, new Metadata { { "authorization", $"Bearer {read}" } }, cancellationToken: Cancellation))
        {
            Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
            KeysFile.Write(path, [reader with { Role = Role.Run }, runner, old, gone with { Revoked = now }]);
            await GrpcAsync(
                "TOKEN_CHANGED", "The key got another role or tenant while the call was open.",
                async () => { while (await watch.ResponseStream.MoveNext(Cancellation)) { } });
        }
        gate.SetResult();
        Directory.Delete(Path.Combine(folder, "audit"), recursive: true);
        await CallAsync(
            "AUDIT_FAILED", "The audit log cannot be written; nothing was changed.", HttpMethod.Post, "/v1/runs", run,
            running with { runId = "three" });
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(_ => lab.Http.SendAsync(Request(HttpMethod.Get, "/v1/runs", read), Cancellation)));
        await HttpAsync(
            "TOO_MANY_REQUESTS", "The caller sends more requests a second than it may.",
            _ => Task.FromResult(answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests)));
        File.Delete(path);
        await CallAsync(
            "ACCESS_UNAVAILABLE", "The file of keys, or the identity provider, cannot be read.", HttpMethod.Get, "/v1/runs", read);

        Task CallAsync(string reason, string when, HttpMethod method, string address, string? token, object? body = null) =>
            HttpAsync(reason, when, _ => lab.Http.SendAsync(Request(method, address, token, body), Cancellation));
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? token, object? body = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (token is not null) request.Headers.TryAddWithoutValidation("authorization", $"Bearer {token}");
        return request;
    }

    private async Task HttpAsync(string reason, string when, Func<HttpClient, Task<HttpResponseMessage>> call)
    {
        using var response = await call(Lab.Http);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.False(response.IsSuccessStatusCode, $"{reason}: {body}");
        Add(reason, when, Json.Parse<Google.Rpc.Status>(body), $"{(int)response.StatusCode}");
    }

    private async Task GrpcAsync(string reason, string when, Func<Task> call) =>
        Add(reason, when, (await Assert.ThrowsAsync<RpcException>(call)).GetRpcStatus()!, "gRPC only");

    private void Add(string reason, string when, Google.Rpc.Status error, string http)
    {
        var info = error.GetDetail<ErrorInfo>();
        Assert.True(info is not null, $"{reason} has no ErrorInfo: {error}");
        Assert.Equal(("ipo", reason), (info.Domain, info.Reason));
        var details = info.Metadata.Keys.Order(StringComparer.Ordinal).Select(key => $"`{key}`").ToList();
        if (error.GetDetail<BadRequest>() is { } bad) details.Add($"field, for instance `{bad.FieldViolations[0].Field}`");
        var again = error.GetDetail<RetryInfo>() is not { } retry ? "no"
            : retry.RetryDelay.ToTimeSpan() is var wait && wait == TimeSpan.Zero ? "at once" : $"after {wait.TotalSeconds} s";
        var code = SnakeCase().Replace(((StatusCode)error.Code).ToString(), "_").ToUpperInvariant();
        _rows.Add((reason, $"| `{reason}` | {code} | {http} | {string.Join(", ", details)} | {when} | {again} |"));
    }

    // Every reason in the sources of the public services.
    private static IEnumerable<string> ReasonsOfTheCode() =>
        Projects.SelectMany(project => Directory.EnumerateFiles(Path.Combine(Shared.Repository, "src", project), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText)
            .SelectMany(text => Reason().Matches(text).Select(match => match.Groups[1].Value)
                .Concat(Missing().Matches(text).Select(match => $"{match.Groups[1].Value.ToUpperInvariant()}_NOT_FOUND")))
            .Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex("""(?:StatusCode\.\w+|fault\.StatusCode),\s*"([A-Z_]+)"(?=,)""")]
    private static partial Regex Reason();

    [GeneratedRegex("""RefusedException\.NotFound\(\s*"(\w+)"(?=,)""")]
    private static partial Regex Missing();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex SnakeCase();
}
