using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.IntegrationTests;

/// <summary>A key given to the system is sent to its provider and stands nowhere else.</summary>
public sealed class SecretTests
{
    private const string Canary = "canary-7f3a91c2e5";
    private const string CacheSecret = "canary-cache-0123456789abcdef0123456789abcdef";
    private const string Token = "ipo_aaaaaaaaaa_canary0000000000000000000000000000000000000000000000000000000000";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_appears_in_no_log_trace_report_error_or_file()
    {
        var photographs = Tests.Shared.Path("data/caltech101");
        await using var provider = await OpenAiServer.StartAsync();
        await using var system = await RunningSystem.StartAsync(
            Cancellation,
            ("IPO_DATASETS", photographs),
            ("IPO_PROPOSER", "openai"),
            ("IPO_CAPTIONER", "openai"),
            ("IPO_OPENAI_ENDPOINT", provider.Endpoint.ToString()),
            ("IPO_OPENAI_MODEL", "some-language-model"),
            ("IPO_OPENAI_VISION_MODEL", "some-vision-model"),
            ("IPO_OPENAI_KEY", Canary));

        // Answers that fail, answers that are refused, and good ones, with the key in the provider's own error page.
        provider.Otherwise = OpenAiAnswer.Text("<INS>a clear photo of a <CLASS>.</INS> <INS>a large <CLASS>.</INS>");
        provider.Then(OpenAiAnswer.Status(500, $"the key {Canary} broke us"));
        var run = await system.IpoAsync(Cancellation, "optimize", photographs, "--run-id", "with-key", "--steps", "2", "--shots", "1", "--descriptions");
        Assert.True(run.ExitCode == 0, $"{run.Output}\n{run.Errors}");

        provider.Otherwise = OpenAiAnswer.Status(401, $"Incorrect API key provided: {Canary}");
        var refused = await system.IpoAsync(Cancellation, "optimize", photographs, "--run-id", "refused", "--steps", "1", "--shots", "2", "--no-descriptions");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("key", refused.Output + refused.Errors, StringComparison.OrdinalIgnoreCase);

        Assert.All(provider.Requests, request => Assert.Equal($"Bearer {Canary}", request.Authorization));
        Assert.Contains(provider.Requests, request => request.Model == "some-language-model");
        Assert.Contains(provider.Requests, request => request.Model == "some-vision-model");

        var report = await system.Client.Reports.GetRunReportAsync(new() { RunId = "with-key" }, cancellationToken: Cancellation);
        var traces = await system.TelemetryAsync("traces", Cancellation);
        Assert.Contains("prompt-gen", traces, StringComparison.Ordinal);
        var everything = new List<string>
        {
            system.Output, run.Output, run.Errors, refused.Output, refused.Errors, report.ToString(),
            traces, await system.TelemetryAsync("logs", Cancellation),
        };
        foreach (var service in system.Services) everything.Add(await system.LogAsync(service));
        Assert.All(everything, text => Assert.DoesNotContain(Canary, text, StringComparison.Ordinal));

        // A process's own variables too: the key belongs to the two that call a model, and to no other.
        foreach (var service in system.Services.Except(["captioner", "prompt-gen"]))
            Assert.DoesNotContain(Canary, await File.ReadAllTextAsync($"/proc/{await system.ProcessOfAsync(service, Cancellation)}/environ", Cancellation), StringComparison.Ordinal);

        await system.StopAsync(); // its files are closed now, but for the lock, which is empty and held until the host has ended
        var files = Directory.GetFiles(system.Home, "*", SearchOption.AllDirectories).Except([Path.Combine(system.Home, "lock")]).ToList();
        Assert.Contains(files, file => file.EndsWith(".db", StringComparison.Ordinal));
        foreach (var file in files)
            Assert.DoesNotContain(Canary, await File.ReadAllTextAsync(file, System.Text.Encoding.Latin1, Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_secret_of_the_cache_its_password_and_a_callers_token_stand_in_no_log_trace_error_or_file()
    {
        await using var system = await RunningSystem.StartAsync(Cancellation, ("IPO_CACHE_SECRET", CacheSecret));
        var folder = Path.Combine(system.Home, "drawn");
        await BuiltPrograms.DrawAsync(folder, Cancellation, "--style", "neon", "--category", "animal", "--count", "20");
        var password = (await File.ReadAllTextAsync(Path.Combine(system.Home, "redis-password"), Cancellation)).Trim();
        var everything = new List<string>();
        foreach (var command in (string[][])
            [["optimize", folder, "--run-id", "run", "--steps", "2", "--shots", "2"], ["runs", "show", "run"], ["runs", "show", "no-such-run"], ["report", "run"]])
        {
            var result = await IpoCommand.RunAsync(system.Home, Cancellation, [.. command, "--token-file", TokenFile(system)]);
            everything.AddRange([result.Output, result.Errors]);
        }
        everything.Add(system.Output);
        everything.AddRange([await system.TelemetryAsync("traces", Cancellation), await system.TelemetryAsync("logs", Cancellation)]);
        foreach (var service in system.Services) everything.Add(await system.LogAsync(service));
        foreach (var secret in (string[])[CacheSecret, password, Token])
            Assert.All(everything, text => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));

        // Those that keep nothing in the cache know neither.
        foreach (var service in (string[])["orchestrator", "web"])
        {
            var environment = await File.ReadAllTextAsync($"/proc/{await system.ProcessOfAsync(service, Cancellation)}/environ", Cancellation);
            Assert.DoesNotContain(CacheSecret, environment, StringComparison.Ordinal);
            Assert.DoesNotContain(password, environment, StringComparison.Ordinal);
        }
        await system.StopAsync();
        string[] meant = ["lock", "redis-password", "cache-secret", "token"];
        foreach (var file in Directory.GetFiles(system.Home, "*", SearchOption.AllDirectories).Where(file => !meant.Contains(Path.GetFileName(file))))
        {
            var content = await File.ReadAllTextAsync(file, System.Text.Encoding.Latin1, Cancellation);
            Assert.All((string[])[CacheSecret, password, Token], secret => Assert.DoesNotContain(secret, content, StringComparison.Ordinal));
        }
    }

    private static string TokenFile(RunningSystem system)
    {
        var file = Path.Combine(system.Home, "token");
        File.WriteAllText(file, Token);
        return file;
    }
}
