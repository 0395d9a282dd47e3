using Grpc.Core;
using Ipo.Keys;
using Ipo.Orchestrator.Configuration;
using Ipo.Tests.Fakes;
using Ipo.Tests.Orchestrator.Access;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ipo.Tests.Orchestrator.Attacks;

/// <summary>What one tenant has, and what lets a caller in, in places where others could read it.</summary>
public sealed class LeakAttackTests : AccessTest
{
    private const string Others = "othersbird";

    private readonly KeptLog _log = new();

    private protected override void Configure(AccessOptions access) => access.Audit = AuditScope.All;

    [Fact]
    public async Task No_text_of_another_tenant_and_no_token_is_in_what_a_model_is_sent()
    {
        Fakes.PromptGen.Proposer = new() { Name = "reflect", Model = "some-model", SeesImages = true };
        var (mine, others) = (KeyFor(Role.Run, "mine", name: "me"), KeyFor(Role.Run, "others", name: "canary-name"));
        foreach (var (tenant, kinds) in ((string, string[])[])[("others", [Others, "othersfish", "otherscat"]), ("mine", ["minebird", "minefish", "minecat"])])
            foreach (var kind in kinds)
                foreach (var number in Enumerable.Range(0, 10))
                    Folder.Write($"data/{tenant}/pets/{kind}/{number}.png", TinyDataset.Image($"{tenant} {kind} {number}"));
        await RunAsync(others);
        var before = Fakes.PromptGen.Requests.Count;
        Assert.Contains(Fakes.PromptGen.Requests, request => request.ToString().Contains("others", StringComparison.Ordinal));

        await RunAsync(mine);
        var sent = Fakes.PromptGen.Requests.Skip(before).Select(request => request.ToString()).ToList();
        Assert.NotEmpty(sent);
        Assert.All(sent, text =>
        {
            Assert.DoesNotContain("others", text, StringComparison.Ordinal);
            Assert.DoesNotContain("canary-name", text, StringComparison.Ordinal);
        });
        Assert.All(Fakes.PromptGen.Requests, request => Assert.All([mine, others], token => Assert.DoesNotContain(Secret(token), request.ToString(), StringComparison.Ordinal)));

        async Task RunAsync(string token)
        {
            await Lab.Client.Datasets.RegisterDatasetAsync(new() { Path = "pets" }, Header(token), cancellationToken: Cancellation);
            await Lab.Client.Runs.CreateRunAsync(
                new() { RunId = "run", Settings = new() { Dataset = "pets", Steps = 3, Shots = 3, Proposers = { new V1.ProposerChoice { Name = "reflect" } } } },
                Header(token), cancellationToken: Cancellation);
            using var watch = Lab.Client.Runs.WatchRun(new() { RunId = "run" }, Header(token), cancellationToken: Cancellation);
            var last = await watch.ResponseStream.ReadAllAsync(Cancellation).LastAsync(Cancellation);
            Assert.Equal(V1.RunState.Completed, last.Run.State);
        }
    }

    [Fact]
    public async Task No_token_good_or_bad_stands_in_an_answer_the_log_the_audit_log_or_a_file()
    {
        Lab.Services.GetRequiredService<ILoggerFactory>().AddProvider(new OfServices(_log));
        var (good, bad, jwt) = (KeyFor(Role.Admin), $"ipo_aaaaaaaaaa_{new string('7', 64)}", Provider.Token());
        var answers = new List<string>();
        foreach (var token in (string[])[good, bad, jwt, jwt + "x", "canary-token-" + good])
        {
            foreach (var path in (string[])["/v1/runs", "/v1/runs/none", $"/v1/runs?access_token={token}", "/nowhere"])
            {
                using var response = await Lab.Http.SendAsync(Request(HttpMethod.Get, path, token), Cancellation);
                answers.Add($"{response.Headers} {await response.Content.ReadAsStringAsync(Cancellation)}");
            }
            try { await Lab.Client.Runs.DeleteRunAsync(new() { RunId = "none" }, Header(token), cancellationToken: Cancellation); }
            catch (RpcException refused) { answers.Add($"{refused} {refused.GetRpcStatus()}"); }
        }
        var files = Directory.GetFiles(Path.Combine(Folder, "state"), "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => file.EndsWith("audit.jsonl", StringComparison.Ordinal));
        await Lab.StopAsync();
        foreach (var file in files)
            if (File.Exists(file) && Path.GetFileName(file) != "lock") answers.Add(await File.ReadAllTextAsync(file, System.Text.Encoding.Latin1, Cancellation));
        answers.AddRange(_log.Lines.Select(line => $"{line.Text} {line.Fault}"));
        Assert.Contains(_log.Lines, line => line.Text.Length > 0);
        foreach (var secret in (string[])[Secret(good), Secret(bad), jwt.Split('.')[2], jwt])
            Assert.All(answers, text => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    // The framework's lines of each request hold its address, and services log none of them (ServiceHost).
    private sealed class OfServices(KeptLog kept) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("Microsoft", StringComparison.Ordinal) ? NullLogger.Instance : kept.CreateLogger(categoryName);

        public void Dispose() => kept.Dispose();
    }

    private static string Secret(string token) => token.Split('_')[2];
}
