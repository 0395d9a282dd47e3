using Google.Protobuf;
using Grpc.Core;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Storage;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.Orchestrator.Runs;

/// <summary>What can be done with runs whose journals are damaged, and with those that are to be kept elsewhere.</summary>
public sealed class RunKeepingTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private FakeServices _fakes = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _fakes = await FakeServices.StartAsync();
        TinyDataset.Write(_folder, "data/tiny");
    }

    public async ValueTask DisposeAsync()
    {
        await _fakes.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_damaged_run_is_told_and_archived_as_far_as_it_reads_and_repaired_and_goes_on_to_the_same_result()
    {
        await using var lab = await CompletedAsync("good", "bad");
        var whole = await lab.EndAsync("bad");
        Execute(lab, "UPDATE run_events SET event = event || ' ' WHERE run = 2 AND version = 12");
        await using var after = await StartAgainAsync(lab);

        var listed = await after.Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation);
        Assert.Equal("good", Assert.Single(listed.Runs).RunId);
        var damaged = Assert.Single(listed.DamagedRuns);
        Assert.Equal(("bad", 11), (damaged.RunId, damaged.SoundEvents));
        Assert.Contains("Event 12 of run bad", damaged.Damage, StringComparison.Ordinal);
        var check = await after.Client.Journal.CheckJournalAsync(new(), cancellationToken: Cancellation);
        Assert.Equal((2, damaged), (check.Runs, Assert.Single(check.DamagedRuns)));
        Assert.Empty(check.DatabaseFaults);
        var archive = await after.Client.Journal.ArchiveRunAsync(new() { RunId = "bad" }, cancellationToken: Cancellation);
        Assert.Equal((11, damaged.Damage), (archive.Events, archive.Damage));

        var repaired = await after.Client.Journal.RepairRunAsync(new() { RunId = "bad" }, cancellationToken: Cancellation);
        Assert.Equal(damaged.Damage, repaired.Damage);
        var again = await after.EndAsync("bad");
        Assert.Equal(RunStatus.Completed, again.Status);
        Assert.Equal(whole.Scored.Select(one => (one.Template.Text, one.Loss)), again.Scored.Select(one => (one.Template.Text, one.Loss)));
        Assert.Empty((await after.Client.Journal.CheckJournalAsync(new(), cancellationToken: Cancellation)).DamagedRuns);
        Assert.Contains("is sound; there is nothing to repair", await RefusedAsync(
            StatusCode.FailedPrecondition, () => after.Client.Journal.RepairRunAsync(new() { RunId = "bad" }, cancellationToken: Cancellation)), StringComparison.Ordinal);
    }

    // What happens where a disk gives back other bytes than it got. A page is spoiled, of whatever table it is.
    [Fact]
    public async Task One_damaged_page_stops_what_is_on_it_and_not_the_host()
    {
        await using var lab = await CompletedAsync("first", "second", "third");
        await lab.DisposeAsync();
        var file = Path.Combine(_folder, "state/ipo.db");
        var bytes = await File.ReadAllBytesAsync(file, Cancellation);
        var size = bytes[16] << 8 | bytes[17]; // https://sqlite.org/fileformat.html, as are the kinds of pages
        int[] leaves = [.. Enumerable.Range(1, bytes.Length / size - 1).Where(page => bytes[page * size] == 0x0A
            && bytes.AsSpan(page * size, size).IndexOf("template-scored"u8) > 0)];
        Array.Fill(bytes, (byte)0xA5, leaves[leaves.Length / 2] * size, size);
        await File.WriteAllBytesAsync(file, bytes, Cancellation);

        await using var after = await OrchestratorLab.StartAsync(_folder, _fakes);
        var listed = await after.Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation);
        Assert.NotEmpty(listed.Runs);
        Assert.NotEmpty(listed.DamagedRuns);
        Assert.Equal(3, listed.Runs.Count + listed.DamagedRuns.Count);
        Assert.All(listed.DamagedRuns, damaged => Assert.Contains("cannot be read", damaged.Damage, StringComparison.Ordinal));
        Assert.NotEmpty((await after.Client.Journal.CheckJournalAsync(new(), cancellationToken: Cancellation)).DatabaseFaults);

        foreach (var damaged in listed.DamagedRuns)
        {
            await after.Client.Runs.DeleteRunAsync(new() { RunId = damaged.RunId }, cancellationToken: Cancellation);
            await CreateAsync(after, damaged.RunId);
            Assert.Equal(RunStatus.Completed, (await after.EndAsync(damaged.RunId)).Status);
        }
        Assert.Empty((await after.Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation)).DamagedRuns);
    }

    [Fact]
    public async Task An_archived_run_comes_back_the_same_here_and_elsewhere()
    {
        await using var lab = await CompletedAsync("run");
        var before = (await lab.Client.Runs.GetRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Run;
        var archive = await lab.Client.Journal.ArchiveRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        Assert.Equal((before.JournalLength, ""), (archive.Events, archive.Damage));

        // The same one again changes nothing; under another id it stands beside it.
        var same = await lab.Client.Journal.RestoreRunAsync(new() { Archive = archive.Archive }, cancellationToken: Cancellation);
        Assert.Equal(before, same.Run);
        var copy = await lab.Client.Journal.RestoreRunAsync(new() { Archive = archive.Archive, RunId = "copy" }, cancellationToken: Cancellation);
        Assert.Equal(before.Outcome, copy.Run.Outcome);
        Assert.Equal(2, (await lab.Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs.Count);

        await lab.Client.Runs.DeleteRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        var restored = await lab.Client.Journal.RestoreRunAsync(new() { Archive = archive.Archive }, cancellationToken: Cancellation);
        Assert.Equal(before, restored.Run);
    }

    [Fact]
    public async Task A_run_that_was_running_is_restored_as_failed_and_goes_on_when_it_is_resumed()
    {
        var gate = new TaskCompletionSource();
        _fakes.PromptGen.Instead = async call => { if (call > 1) await gate.Task; return null; };
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes);
        await lab.RegisterAsync("tiny");
        await CreateAsync(lab, "run");
        await OrchestratorLab.UntilAsync(() => _fakes.PromptGen.Requests.Count > 2);
        var archive = (await lab.Client.Journal.ArchiveRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Archive;
        gate.SetResult();
        var whole = await lab.EndAsync("run");

        var restored = (await lab.Client.Journal.RestoreRunAsync(new() { Archive = archive, RunId = "elsewhere" }, cancellationToken: Cancellation)).Run;
        Assert.Equal((V1.RunState.Failed, "It was running where it was archived. Resume it to let it go on here."), (restored.State, restored.Reason));
        await lab.Client.Runs.ResumeRunAsync(new() { RunId = "elsewhere" }, cancellationToken: Cancellation);
        Assert.Equal(whole.Scored.Select(one => one.Template.Text), (await lab.EndAsync("elsewhere")).Scored.Select(one => one.Template.Text));
    }

    // As after a power cut on a disk that lied, or when an older copy was put back.
    [Fact]
    public async Task A_journal_that_lost_its_end_goes_on_from_there_and_says_so()
    {
        var (gate, state) = (new TaskCompletionSource(), Path.Combine(_folder, "state"));
        _fakes.PromptGen.Instead = async call => { if (call > 0) await gate.Task; return null; };
        V1.Run whole;
        await using (var lab = await OrchestratorLab.StartAsync(_folder, _fakes))
        {
            await lab.RegisterAsync("tiny");
            await CreateAsync(lab, "run");
            await OrchestratorLab.UntilAsync(() => _fakes.PromptGen.Requests.Count > 1);
            lab.Services.GetRequiredService<Database>().Query<string>($"VACUUM INTO '{Path.Combine(_folder, "older.db")}'");
            gate.SetResult();
            await lab.EndAsync("run");
            whole = (await lab.Client.Runs.GetRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Run;
        }
        foreach (var file in Directory.GetFiles(state, "ipo.db*")) File.Delete(file);
        File.Move(Path.Combine(_folder, "older.db"), Path.Combine(state, "ipo.db"));

        await using var after = await OrchestratorLab.StartAsync(_folder, _fakes);
        var run = await after.EndAsync("run");
        Assert.Equal((whole.StepsCompleted, 1, whole.Best.Template), (run.Lost!.FromStep, run.Lost.ToStep, run.Best!.Template.Text));
        Assert.True(run.Lost.Events > 0);
        var report = (await after.Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Report;
        Assert.Contains(report.Caveats, caveat => caveat.Message.StartsWith("Its journal went back from step 3 to step 1: ", StringComparison.Ordinal));

        // What is known is not told again.
        await CreateAsync(after, "next");
        Assert.Null((await after.EndAsync("next")).Lost);
    }

    [Fact]
    public async Task What_is_no_archive_is_refused_with_what_is_wrong()
    {
        await using var lab = await CompletedAsync("run");
        var archive = (await lab.Client.Journal.ArchiveRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Archive;
        await CreateAsync(lab, "other");

        foreach (var (content, words) in new (byte[], string)[]
        {
            ([], "archive is no archive of a run: "),
            ("a text"u8.ToArray(), "archive is no archive of a run: "),
            (archive.ToByteArray()[..^40], "archive is no archive of a run: "),
            (Zipped("{\"kind\":\"other\"}"), "archive is no archive of a run: its first line does not say that it is one."),
            (Zipped("{\"kind\":\"ipo-run\",\"version\":9,\"runId\":\"r\",\"events\":0}"), "it has version 9, and this version of Ipo knows 1."),
            (Zipped("{\"kind\":\"ipo-run\",\"version\":1,\"runId\":\"r\",\"events\":3}"), "it holds 0 of 3 events."),
            (Zipped("{\"kind\":\"ipo-run\",\"version\":1,\"runId\":\"r\",\"events\":1}\n[]"), "line 2 holds no event."),
            (Zipped("{\"kind\":\"ipo-run\",\"version\":1,\"runId\":\"r\",\"events\":1}\n{\"type\":\"run-flew\"}"), "which this version of Ipo does not know"),
            (Zipped(new string(' ', 300 << 20)), "it unpacks to more than 256 MiB."),
        })
            Assert.Contains(words, await RefusedAsync(StatusCode.InvalidArgument, () => lab.Client.Journal.RestoreRunAsync(
                new() { Archive = ByteString.CopyFrom(content) }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        Assert.Contains("There is another run 'other'", await RefusedAsync(StatusCode.AlreadyExists, () => lab.Client.Journal.RestoreRunAsync(
            new() { Archive = archive, RunId = "other" }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        Assert.Contains("run_id", await RefusedAsync(StatusCode.InvalidArgument, () => lab.Client.Journal.RestoreRunAsync(
            new() { Archive = archive, RunId = "../up" }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        await RefusedAsync(StatusCode.NotFound, () => lab.Client.Journal.ArchiveRunAsync(new() { RunId = "none" }, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Compacting_gives_space_back_to_the_disk()
    {
        await using var lab = await CompletedAsync([.. Enumerable.Range(0, 6).Select(number => $"run{number}")]);
        for (var number = 0; number < 6; number++)
            await lab.Client.Runs.DeleteRunAsync(new() { RunId = $"run{number}" }, cancellationToken: Cancellation);
        var compacted = await lab.Client.Journal.CompactJournalAsync(new(), cancellationToken: Cancellation);
        Assert.True(compacted.BytesAfter < compacted.BytesBefore, $"{compacted}");
    }

    private static byte[] Zipped(string text)
    {
        using var file = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionLevel.Fastest))
            gzip.Write(System.Text.Encoding.UTF8.GetBytes(text));
        return file.ToArray();
    }

    private async Task<OrchestratorLab> CompletedAsync(params string[] runs)
    {
        var lab = await OrchestratorLab.StartAsync(_folder, _fakes);
        await lab.RegisterAsync("tiny");
        foreach (var run in runs)
        {
            await CreateAsync(lab, run);
            Assert.Equal(RunStatus.Completed, (await lab.EndAsync(run)).Status);
        }
        return lab;
    }

    private async Task<OrchestratorLab> StartAgainAsync(OrchestratorLab lab)
    {
        await lab.DisposeAsync();
        return await OrchestratorLab.StartAsync(_folder, _fakes);
    }

    private static void Execute(OrchestratorLab lab, string sql) => lab.Services.GetRequiredService<Database>().Write(writing => writing.Execute(sql, new { }));

    private static Task<string> RefusedAsync<T>(StatusCode code, Func<AsyncUnaryCall<T>> call) => OrchestratorLab.RefusedAsync(code, async () => await call());

    private static async Task CreateAsync(OrchestratorLab lab, string runId) => await lab.Client.Runs.CreateRunAsync(
        new() { RunId = runId, Settings = new() { Dataset = "tiny", Steps = 3, Shots = 2 } }, cancellationToken: Cancellation);
}
