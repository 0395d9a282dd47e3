using Ipo.V1;
using StackExchange.Redis;
using Xunit;

namespace Ipo.IntegrationTests.Faults;

/// <summary>What is damaged while nothing runs is seen, and loses no more than what was damaged: the answers that were bought are found again.</summary>
[Collection(nameof(Faults))]
public sealed class DamageTests(Undisturbed undisturbed, DamageTests.Middle middle, ITestOutputHelper output) : IClassFixture<DamageTests.Middle>
{
    private const string OfLastScore = "WHERE version = (SELECT MAX(version) FROM run_events WHERE type = 'template-scored')";

    // Each with where it is seen, in which words.
    private static readonly Dictionary<string, Damage> All = new()
    {
        ["its log cut in the middle"] = new(system => Change(system, "ipo.db-wal", log => log[..(log.Length / 2)])) { GoesBack = true },
        ["an image deleted"] = new(system => File.Delete(Images(system)[0])) { Fails = "cannot be read from", Mend = PutImagesBack },
        ["an event altered"] = new(system => system.Journal.Execute(
            $"UPDATE run_events SET event = replace(event, '\"accuracy\":0.', '\"accuracy\":0.9') {OfLastScore}"))
        { Check = "is not as it was written" },
        ["an event unreadable"] = new(system => system.Journal.Execute($"UPDATE run_events SET event = 'x' {OfLastScore}")) { Check = "is not as it was written" },
        ["an event lost"] = new(system => system.Journal.Execute($"DELETE FROM run_events {OfLastScore}")) { Check = "is missing" },
        ["a page of the file garbage"] = new(system => Change(system, "ipo.db", Overwrite)) { Check = "cannot be read", IsOfFile = true },
        ["the file cut to half"] = new(system => Change(system, "ipo.db", file => file[..(file.Length / 2)]))
        {
            Refuses = "is not a database or is damaged",
            Mend = PutBack,
            GoesBack = true,
        },
        ["the file's head garbage"] = new(system => Change(system, "ipo.db", file => [.. Enumerable.Repeat((byte)'x', 100), .. file[100..]]))
        {
            Refuses = "is not a database or is damaged",
            Mend = PutBack,
            GoesBack = true,
        },
        ["an older copy of the file put back"] = new(PutBack) { GoesBack = true },
        ["an image replaced"] = new(system => File.Copy(Images(system)[1], Images(system)[0], overwrite: true))
        {
            Fails = "has changed since it was registered",
            Mend = PutImagesBack,
        },
        ["the checkpoint removed"] = new(system => Directory.Move(Checkpoint(system), Away(system)))
        {
            Waits = "waiting for clip-scorer",
            Mend = PutCheckpointBack,
        },
        ["the checkpoint damaged"] = new(ChangeWeights) { Waits = "waiting for clip-scorer", Mend = PutCheckpointBack },
        ["the checkpoint replaced"] = new(system =>
        {
            ChangeWeights(system);
            File.Delete(Path.Combine(Checkpoint(system), "reference.json")); // by which the scorer knows that it is not what it was
        })
        {
            Fails = "was prepared with",
            Mend = PutCheckpointBack,
        },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>All; three of them in the short form.</summary>
    public static TheoryData<string> Damages => [.. Scale.IsFull ? All.Keys : All.Keys.Take(3)];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task What_is_damaged_is_seen_and_the_run_finds_the_same_once_it_is_mended(string what)
    {
        var (damage, system, seen) = (All[what], middle.System, new List<string>());
        system.Orchestrator.Kill();
        Directory.Delete(system.Data, recursive: true);
        Copy(middle.Kept, system.Data);
        var asked = system.Model.Again;
        damage.Does(system);
        var concernsScorer = what.Contains("checkpoint", StringComparison.Ordinal);
        if (damage.Fails is not null && !concernsScorer) await ForgetScoresAsync(system);
        if (concernsScorer) await RestartScorerAsync(system, starts: damage.Waits is null);
        system.Orchestrator.Start();
        var starts = await StartsAsync(system);
        Assert.True(starts == damage.Refuses is null, $"{what}: {system.Orchestrator.Output}");

        if (damage.Refuses is not null)
        {
            See($"does not start ({system.Orchestrator.ExitCode})", LastLine(system.Orchestrator), damage.Refuses);
            damage.Mend!(system);
            await system.Orchestrator.StartAsync(Cancellation);
        }
        else if (damage.Check is { } words)
        {
            var (check, runs) = (await system.IpoAsync(Cancellation, "journal", "check"), await system.IpoAsync(Cancellation, "runs"));
            Assert.NotEqual(0, check.ExitCode);
            See("ipo journal check", check.Output + check.Errors, words);
            See("ipo runs", runs.Output + runs.Errors, words);
            Assert.DoesNotContain("There are no runs", runs.Output, StringComparison.Ordinal);
            if (damage.IsOfFile) await IntoNewFileAsync(system);
            else await system.DoneAsync(Cancellation, "runs", "repair", "run", "--yes");
        }
        else if ((damage.Fails ?? damage.Waits) is { } reason)
        {
            var run = await system.UntilAsync(
                "run", run => damage.Waits is { } waits ? run.Activity.Contains(waits, StringComparison.Ordinal) : run.State is RunState.Failed, Cancellation);
            See($"{run.State}", run.Reason + run.Activity, reason);
            damage.Mend!(system);
            if (concernsScorer) await RestartScorerAsync(system, starts: true);
            if (damage.Fails is not null) await system.DoneAsync(Cancellation, "runs", "resume", "run");
        }

        var end = await undisturbed.DemandSameAsync(system, "run", Cancellation);
        var report = await system.IpoAsync(Cancellation, "report", "run");
        var caveat = report.Output.Split('\n').FirstOrDefault(line => line.Contains("Its journal went back", StringComparison.Ordinal))?.Trim();
        Assert.Equal(damage.GoesBack, caveat is not null);
        Assert.Equal(asked, system.Model.Again);
        var lost = caveat ?? (damage.Check is null ? "nothing" : "what came after it");
        output.WriteLine($"{what} | {string.Join("; ", seen)} | {lost}; {end.State}, the same trajectory and cost, no answer bought again");

        void See(string where, string text, string said)
        {
            Assert.Contains(said, text, StringComparison.Ordinal);
            seen.Add($"{where}: {text.Split('\n').First(line => line.Contains(said, StringComparison.Ordinal)).Trim()}");
        }
    }

    private static void Change(FaultSystem system, string file, Func<byte[], byte[]> change)
    {
        if (file == "ipo.db") system.Journal.Execute("PRAGMA wal_checkpoint(TRUNCATE)"); // what stands in its log stands in it
        var path = Path.Combine(system.Data, file);
        File.WriteAllBytes(path, change(File.ReadAllBytes(path)));
    }

    // As a backup, which a person puts back in place of what is there.
    private static void PutBack(FaultSystem system)
    {
        foreach (var file in Directory.EnumerateFiles(system.Data, "ipo.db*")) File.Delete(file);
        File.Copy(Backup(system), Path.Combine(system.Data, "ipo.db"));
    }

    private static void PutImagesBack(FaultSystem system) => Copy(Originals(system), system.Datasets);

    private static void ChangeWeights(FaultSystem system)
    {
        Copy(Checkpoint(system), Away(system));
        using var weights = File.Open(Path.Combine(Checkpoint(system), "model.safetensors"), FileMode.Open);
        weights.Seek(-1, SeekOrigin.End);
        weights.WriteByte(0);
    }

    private static void PutCheckpointBack(FaultSystem system)
    {
        if (Directory.Exists(Checkpoint(system))) Directory.Delete(Checkpoint(system), recursive: true);
        Directory.Move(Away(system), Checkpoint(system));
    }

    // What can be read of it is taken along, and the file is left behind.
    private static async Task IntoNewFileAsync(FaultSystem system)
    {
        var archive = Path.Combine(system.Folder, "run.ipo");
        await system.DoneAsync(Cancellation, "runs", "archive", "run", "--out", archive);
        system.Orchestrator.Kill();
        foreach (var file in Directory.EnumerateFiles(system.Data, "ipo.db*")) File.Delete(file);
        await system.Orchestrator.StartAsync(Cancellation);
        await DrawnDataset.RegisterAsync(system.Client, system.Datasets, Cancellation);
        await system.DoneAsync(Cancellation, "runs", "restore", archive);
        await system.DoneAsync(Cancellation, "runs", "resume", "run");
    }

    // The page that holds the last score.
    private static byte[] Overwrite(byte[] file)
    {
        const int Page = 4096;
        var at = file.AsSpan().LastIndexOf("{\"type\":\"template-scored\""u8);
        file.AsSpan(at / Page * Page, Page).Fill(0xAB);
        return file;
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

    private static async Task RestartScorerAsync(FaultSystem system, bool starts)
    {
        system.Close(system.Scorer);
        system.Scorer.Kill();
        if (starts)
        {
            await system.OpenAsync(system.Scorer, Cancellation);
            return;
        }
        system.Scorer.Start();
        await system.Scorer.EndedAsync(Cancellation);
        Assert.Contains("clip-scorer cannot start", system.Scorer.Output, StringComparison.Ordinal);
    }

    // So that the images are read again.
    private static async Task ForgetScoresAsync(FaultSystem system)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{system.RedisPort}");
        foreach (var pattern in new[] { "ipo:image-embedding:*", "ipo:score:*" })
            foreach (var key in redis.GetServers().Single().Keys(pattern: pattern).ToList()) await redis.GetDatabase().KeyDeleteAsync(key);
        await system.RestartAsync(system.Scorer, Cancellation);
    }

    private static string Checkpoint(FaultSystem system) => Path.Combine(system.Folder, "checkpoint");

    private static string Away(FaultSystem system) => Path.Combine(system.Folder, "away");

    private static string Backup(FaultSystem system) => Path.Combine(system.Folder, "backup.db");

    private static string Originals(FaultSystem system) => Path.Combine(system.Folder, "originals");

    private static string[] Images(FaultSystem system) => [.. Directory.EnumerateFiles(Originals(system), "*.*", SearchOption.AllDirectories)
        .Where(ImageEndings.IsImage).Order(StringComparer.Ordinal).Select(image => Path.Combine(system.Datasets, Path.GetRelativePath(Originals(system), image)))];

    private static string LastLine(ServiceProcess process) => process.Output.Split('\n').Last(line => line.Length > 0).Trim();

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        foreach (var folder in Directory.EnumerateDirectories(from)) Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    /// <summary>A damage.</summary>
    /// <param name="Does">Does it.</param>
    private sealed record Damage(Action<FaultSystem> Does)
    {
        /// <summary>Mends it, where nothing of ours does.</summary>
        public Action<FaultSystem>? Mend { get; init; }

        /// <summary>What a start that is refused says.</summary>
        public string? Refuses { get; init; }

        /// <summary>What <c>ipo journal check</c> says of a run that <c>ipo runs repair</c> mends.</summary>
        public string? Check { get; init; }

        /// <summary>Whether the file is damaged, so that nothing can be written after the run's events, and it goes on in a new one.</summary>
        public bool IsOfFile { get; init; }

        /// <summary>Why the run fails.</summary>
        public string? Fails { get; init; }

        /// <summary>What the run waits for.</summary>
        public string? Waits { get; init; }

        /// <summary>Whether the report says that steps were done again.</summary>
        public bool GoesBack { get; init; }
    }

    /// <summary>A run whose orchestrator was killed in the middle, and a backup from before that.</summary>
    public sealed class Middle : IAsyncLifetime
    {
        private FaultSystem? _system;

        internal FaultSystem System => _system!;

        internal string Kept => Path.Combine(System.Folder, "middle");

        public async ValueTask InitializeAsync()
        {
            var system = _system = await FaultSystem.StartAsync(CancellationToken.None);
            // Of its own, so that it can be taken away.
            Copy(Path.Combine(Tests.Shared.Repository, "models", "ipo-tiny"), Checkpoint(system));
            system.ScorerSettings["Ipo__ClipScorer__Checkpoint"] = Checkpoint(system);
            await system.RestartAsync(system.Scorer, CancellationToken.None);
            Copy(system.Datasets, Originals(system));
            system.Model.Latency = TimeSpan.FromSeconds(0.5);
            await system.CreateRunAsync("run", Undisturbed.Settings, CancellationToken.None);
            await system.UntilAsync("run", run => run.StepsCompleted >= 1, CancellationToken.None);
            system.Journal.Execute($"VACUUM INTO '{Backup(system)}'");
            await system.UntilAsync("run", run => run.StepsCompleted >= 3, CancellationToken.None);
            system.Orchestrator.Kill();
            Copy(system.Data, Kept);
            system.Model.Latency = default;
        }

        public async ValueTask DisposeAsync()
        {
            if (_system is not null) await _system.DisposeAsync();
        }
    }
}
