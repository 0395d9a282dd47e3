using Ipo.V1;
using StackExchange.Redis;
using Xunit;

namespace Ipo.IntegrationTests.Faults;

/// <summary>What is damaged while nothing runs is seen, and loses no more than what was damaged: the answers that were bought are found again.</summary>
[Collection(nameof(Faults))]
public sealed class DamageTests(Undisturbed undisturbed, ITestOutputHelper output)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_damaged_is_seen_and_the_run_finds_the_same_once_it_is_mended()
    {
        await using var system = await FaultSystem.StartAsync(Cancellation);
        await MoveCheckpointAsync(system);
        system.Model.Latency = TimeSpan.FromSeconds(0.5);
        await system.CreateRunAsync("run", Undisturbed.Settings, Cancellation);
        await system.UntilAsync("run", run => run.StepsCompleted >= 3, Cancellation);
        system.Orchestrator.Kill();
        var middle = Path.Combine(system.Folder, "middle");
        Copy(system.Data, middle);
        system.Model.Latency = default;
        var (image, other) = (Images(system)[0], Images(system)[1]);
        output.WriteLine("damage | what is seen | what is lost");

        await TryAsync("its log cut in the middle", () => Change("ipo.db-wal", log => log[..(log.Length / 2)]), []);
        await TryAsync("one event altered", () => system.Journal.Execute(
            "UPDATE run_events SET event = replace(event, '\"accuracy\":0.', '\"accuracy\":0.9') WHERE version = (SELECT MAX(version) FROM run_events WHERE type = 'template-scored')"), ["repair"]);
        await TryAsync("an image deleted", () => File.Move(image, Path.Combine(system.Folder, "kept")), [], forgetsImages: true, mend: () => File.Move(Path.Combine(system.Folder, "kept"), image));
        if (!Scale.IsFull) return;
        await TryAsync("the file cut in half", () => Change("ipo.db", file => file[..(file.Length / 2)], checkpoints: true), []);
        await TryAsync("the file's header garbage", () => Change("ipo.db", file => [.. Enumerable.Repeat((byte)'x', 100), .. file[100..]], checkpoints: true), []);
        await TryAsync("the file older than its witness", () => { }, [], older: true);
        await TryAsync("a page of the file garbage", () => Change("ipo.db", Overwrite, checkpoints: true), ["repair"]);
        await TryAsync("one event unreadable", () => system.Journal.Execute(
            "UPDATE run_events SET event = 'x' WHERE version = (SELECT MAX(version) FROM run_events WHERE type = 'template-scored')"), ["repair"]);
        await TryAsync("one event lost", () => system.Journal.Execute(
            "DELETE FROM run_events WHERE version = (SELECT MAX(version) FROM run_events WHERE type = 'template-scored')"), ["repair"]);
        var picture = await File.ReadAllBytesAsync(image, Cancellation);
        await TryAsync("an image replaced", () => File.Copy(other, image, overwrite: true), [], forgetsImages: true, mend: () => File.WriteAllBytes(image, picture));
        await TryAsync("the checkpoint removed", () => Directory.Move(Checkpoint(system), Checkpoint(system) + "-away"), [], restartsScorer: true,
            mend: () => Directory.Move(Checkpoint(system) + "-away", Checkpoint(system)));

        async Task TryAsync(
            string damage, Action damages, string[] remedies, bool forgetsImages = false, bool restartsScorer = false, bool older = false, Action? mend = null)
        {
            system.Orchestrator.Kill();
            Directory.Delete(system.Data, recursive: true);
            Copy(middle, system.Data);
            if (older) Older(system.Data);
            damages();
            if (forgetsImages) await ForgetImagesAsync(system);
            if (restartsScorer) await RestartWithoutCheckpointAsync(system);
            system.Orchestrator.Start();
            var (seen, lost) = (new List<string>(), "nothing");
            if (!await StartsAsync(system))
            {
                seen.Add($"does not start ({system.Orchestrator.ExitCode}): {LastLine(system.Orchestrator)}");
                output.WriteLine($"{damage} | {string.Join("; ", seen)} | everything since the backup that has to be put back");
                return;
            }
            if (restartsScorer || forgetsImages) seen.Add(await TroubleAsync(system, fails: forgetsImages));
            else
            {
                var check = await system.IpoAsync(Cancellation, "journal", "check");
                seen.Add($"ipo journal check ({check.ExitCode}): {First(check)}");
            }
            mend?.Invoke();
            if (restartsScorer) await system.OpenAsync(system.Scorer, Cancellation);
            foreach (var remedy in remedies)
            {
                var mended = await system.IpoAsync(Cancellation, "runs", remedy, "run", "--yes");
                Assert.True(mended.ExitCode == 0, mended.Errors + mended.Output);
                seen.Add($"ipo runs {remedy}: {First(mended)}");
            }
            if (forgetsImages) Assert.Equal(0, (await system.IpoAsync(Cancellation, "runs", "resume", "run")).ExitCode);
            var run = await undisturbed.DemandSameAsync(system, "run", Cancellation, wasCut: remedies.Length > 0);
            var report = await system.IpoAsync(Cancellation, "report", "run");
            var caveat = report.Output.Split('\n').FirstOrDefault(line => line.Contains("went back", StringComparison.Ordinal));
            if (caveat is not null) lost = caveat.Trim();
            output.WriteLine($"{damage} | {string.Join("; ", seen)} | {lost}; then {run.State}, the same trajectory and cost, {system.Model.Again} answers bought again");
        }

        void Change(string file, Func<byte[], byte[]> change, bool checkpoints = false)
        {
            if (checkpoints) system.Journal.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            var path = Path.Combine(system.Data, file);
            File.WriteAllBytes(path, change(File.ReadAllBytes(path)));
        }
    }

    // The page that holds the last score.
    private static byte[] Overwrite(byte[] file)
    {
        const int Page = 4096;
        var at = file.AsSpan().LastIndexOf("{\"type\":\"template-scored\""u8);
        file.AsSpan(at / Page * Page, Page).Fill(0xAB);
        return file;
    }

    // As a backup of yesterday beside the witness of today: without its log.
    private static void Older(string data)
    {
        var log = File.ReadAllBytes(Path.Combine(data, "ipo.db-wal"));
        File.WriteAllBytes(Path.Combine(data, "ipo.db-wal"), log[..(log.Length / 3)]);
    }

    // Without an image it fails; for a scorer it waits.
    private static async Task<string> TroubleAsync(FaultSystem system, bool fails)
    {
        var run = await system.UntilAsync(
            "run", run => fails ? run.State is RunState.Failed : run.Activity.StartsWith("waiting for", StringComparison.Ordinal), Cancellation);
        var shown = await system.IpoAsync(Cancellation, "runs");
        return $"{run.State}: {run.Reason}{(run.State is RunState.Running ? run.Activity : "")} (ipo runs: {shown.ExitCode})";
    }

    private static async Task<bool> StartsAsync(FaultSystem system)
    {
        try
        {
            await system.Orchestrator.ReadyAsync(Cancellation);
            return true;
        }
        catch (InvalidOperationException) when (system.Orchestrator.HasExited) { return false; }
    }

    private static async Task RestartWithoutCheckpointAsync(FaultSystem system)
    {
        system.Close(system.Scorer);
        system.Scorer.Kill();
        system.Scorer.Start();
        await system.Scorer.EndedAsync(Cancellation);
        Assert.Contains("clip-scorer", LastLine(system.Scorer), StringComparison.OrdinalIgnoreCase);
    }

    private static async Task ForgetImagesAsync(FaultSystem system)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{system.RedisPort}");
        foreach (var key in redis.GetServers().Single().Keys(pattern: "ipo:image-embedding:*").ToList()) await redis.GetDatabase().KeyDeleteAsync(key);
        foreach (var key in redis.GetServers().Single().Keys(pattern: "ipo:score:*").ToList()) await redis.GetDatabase().KeyDeleteAsync(key);
        await system.RestartAsync(system.Scorer, Cancellation);
    }

    // Of its own, so that it can be taken away.
    private static async Task MoveCheckpointAsync(FaultSystem system)
    {
        Copy(Path.Combine(Tests.Shared.Repository, "models", "ipo-tiny"), Checkpoint(system));
        system.ScorerSettings["Ipo__ClipScorer__Checkpoint"] = Checkpoint(system);
        await system.RestartAsync(system.Scorer, Cancellation);
    }

    private static string Checkpoint(FaultSystem system) => Path.Combine(system.Folder, "checkpoint");

    private static string[] Images(FaultSystem system) => [.. Directory.EnumerateFiles(system.Datasets, "*.*", SearchOption.AllDirectories)
        .Where(ImageEndings.IsImage).Order(StringComparer.Ordinal)];

    private static string First(CommandResult result) => (result.Errors + result.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()?.Trim() ?? "";

    private static string LastLine(ServiceProcess process) => process.Output.Split('\n').Last(line => line.Length > 0).Trim();

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        foreach (var folder in Directory.EnumerateDirectories(from)) Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}
