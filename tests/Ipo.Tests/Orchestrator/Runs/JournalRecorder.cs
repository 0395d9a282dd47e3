using Ipo.Orchestrator.Journal;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.Orchestrator.Runs;

/// <summary>
/// Records the journals that <see cref="JournalReplayTests"/> replays, as the code of the day writes them, with IPO_WRITE_GOLDENS=1. What
/// is recorded is left alone: a journal that was written once has to be read for ever.
/// </summary>
public sealed class JournalRecorder : ReplayedRunTest
{
    [Fact]
    public Task Embedded_proposer() => RecordAsync("embedded", Settings());

    [Fact]
    public Task Mixed_proposers()
    {
        Fakes.PromptGen.More = [new() { Name = "openai", Model = "model-1", Paid = true }];
        Fakes.PromptGen.Answer = request =>
            $"<INS>a {request.Proposer} picture {request.Memory.Count} {request.Seed} of a <CLASS>.</INS><INS>cut";
        var settings = Settings();
        settings.Ask("evolve,reflect,contrast,no-history,opro");
        (settings.Steps, settings.Shots) = (12, 8);
        settings.DescriptionTokens = 400; // fewer than there are images
        return RecordAsync("mixed", settings);
    }

    [Fact]
    public Task Ensemble()
    {
        var settings = Settings();
        (settings.EnsembleSize, settings.Shots) = (3, 8);
        return RecordAsync("ensemble", settings);
    }

    [Fact]
    public Task Class_sentences()
    {
        var settings = Settings();
        settings.ClassSentences = true;
        return RecordAsync("sentences", settings);
    }

    [Fact]
    public Task Folds_of_the_search_images_choose()
    {
        var settings = Settings();
        (settings.Dataset, settings.Classes, settings.EnsembleSize, settings.Shots) = ("unsplit", V1.ClassSelection.All, 2, 6);
        return RecordAsync("folds", settings);
    }

    [Theory]
    [InlineData("paper", "ipo-paper")]
    [InlineData("code", "ipo-code")]
    public Task Published_presets(string name, string preset) =>
        RecordAsync(name, new() { Dataset = "tiny", Preset = preset, Steps = 3, CandidatesPerStep = 4 });

    // One description is of another world, one names a class, the captioner fails once and will not describe one image; the proposer
    // is busy twice; calls run out.
    [Fact]
    public Task Failures_on_the_way_and_a_budget_of_calls()
    {
        Fakes.PromptGen.Proposer = new() { Name = "ipo", Model = "words-1", Paid = true };
        Fakes.Captioner.Facts = new() { Captioner = new() { Name = "openai", Model = "eyes-1", Paid = true } };
        Fakes.Captioner.Instead = call => call switch
        {
            0 => Described("something else entirely"),
            1 => Described("a kind b in the rain"),
            2 => new() { Failure = FakePromptGen.Failure(V1.FailureKind.Rejected, "not this one").Failure, Usage = new() },
            3 => new() { Failure = FakePromptGen.Failure(V1.FailureKind.TimedOut, "no answer").Failure, Usage = new() },
            _ when call % 3 == 0 => Described("a picture of the usual"),
            _ => null,
        };
        Fakes.Scorer.TextEmbeddingOf = text => text == "something else entirely" ? [-1, 0, 0, 0] : [1, 0, 0, 0];
        Fakes.PromptGen.Instead = call =>
            Task.FromResult(call is 1 or 2 ? FakePromptGen.Failure(V1.FailureKind.RateLimited, "busy") : null);
        var settings = Settings();
        (settings.Steps, settings.Shots, settings.Budget) = (9, 4, new() { Calls = 23 });
        return RecordAsync("budget", settings);
    }

    [Fact]
    public async Task Failed_for_a_refused_key_resumed_and_ended_by_a_person()
    {
        if (IsRecorded("resumed")) return;
        Fakes.PromptGen.Instead = async call =>
        {
            if (call == 3) await Client.Runs.FinishRunAsync(new() { RunId = "resumed" }, cancellationToken: Cancellation);
            return call == 2 ? FakePromptGen.Failure(V1.FailureKind.Unauthorized, "The key was refused.") : null;
        };
        await Lab.CreateAsync(Settings(), "resumed");
        await Lab.EndAsync("resumed");
        await Client.Runs.ResumeRunAsync(new() { RunId = "resumed" }, cancellationToken: Cancellation);
        await Lab.EndAsync("resumed");
        await KeepAsync("resumed");
    }

    // A proposer without a history is shown no memory, which this one cannot do without.
    [Fact]
    public Task Failed_for_a_fault_of_a_service()
    {
        var settings = Settings();
        settings.Ask("evolve,no-history");
        return RecordAsync("faulted", settings);
    }

    [Theory]
    [InlineData("unpriced", false)]
    [InlineData("untold", true)]
    public Task Failed_for_a_budget_that_cannot_be_kept(string name, bool tokens)
    {
        Fakes.PromptGen.Proposer = new() { Name = "ipo", Model = "words-1", Paid = true };
        Fakes.PromptGen.Instead = _ => Task.FromResult<V1.ProposeTemplatesResponse?>(new()
        {
            Answer = "<INS>a fine photo of a <CLASS>.</INS>",
            Proposer = "ipo",
            Model = "words-1",
            Usage = new() { InputTokens = tokens ? 0 : 100, OutputTokens = tokens ? 0 : 10, Latency = new() },
        });
        var settings = Settings();
        settings.Budget = tokens ? new() { Tokens = 500_000 } : new() { CostMicroUsd = 1_250_000 };
        return RecordAsync(name, settings);
    }

    [Fact]
    public async Task Cancelled_after_a_step()
    {
        if (IsRecorded("cancelled")) return;
        var asked = new TaskCompletionSource();
        Fakes.PromptGen.Instead = async call =>
        {
            if (call == 0) return null;
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, Cancellation);
            return null;
        };
        await Lab.CreateAsync(Settings(), "cancelled");
        await asked.Task;
        await Client.Runs.CancelRunAsync(new() { RunId = "cancelled" }, cancellationToken: Cancellation);
        await KeepAsync("cancelled");
    }

    private static bool IsRecorded(string name)
    {
        if (File.Exists(FileOf(name, "jsonl"))) return true;
        var records = Environment.GetEnvironmentVariable("IPO_WRITE_GOLDENS") == "1";
        Assert.True(records, $"The journal '{name}' is missing; set IPO_WRITE_GOLDENS=1 to record it.");
        return false;
    }

    private async Task RecordAsync(string name, V1.RunSettings settings)
    {
        if (IsRecorded(name)) return;
        await Lab.CreateAsync(settings, name);
        await Lab.EndAsync(name);
        await KeepAsync(name);
    }

    private async Task KeepAsync(string name)
    {
        var events = await Lab.Services.GetRequiredService<IRunJournal>().ReadAsync(name, 0, Cancellation);
        var lines = string.Concat(events.Select(happened => StoredEvent.Write(happened) + "\n"));
        await File.WriteAllTextAsync(FileOf(name, "jsonl"), lines, Cancellation);
    }

    private static V1.DescribeImageResponse Described(string text) => new()
    {
        Description = text,
        Provider = "openai",
        Model = "eyes-1",
        Usage = new() { InputTokens = 20, OutputTokens = 5, CostMicroUsd = 3, Latency = new() },
    };

    private static V1.RunSettings Settings() => new() { Dataset = "tiny", Preset = "robust", Steps = 4, Shots = 4, CandidatesPerStep = 4 };
}
