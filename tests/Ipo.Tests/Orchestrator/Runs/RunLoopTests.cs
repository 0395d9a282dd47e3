using System.Text.RegularExpressions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Runs;

public sealed partial class RunLoopTests : IAsyncLifetime
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

    // The heart of the product: cut the journal wherever a crash can leave it, let another orchestrator go on.
    [Theory]
    [InlineData("ipo-paper", false)]
    [InlineData("ipo-code", false)]
    [InlineData("ipo-paper", true)]
    [InlineData("ipo-code", true)]
    [InlineData("robust", false)]
    [InlineData("robust", true)]
    public async Task A_run_cut_anywhere_goes_on_to_the_same_trajectory_and_asks_nothing_twice(string preset, bool failing)
    {
        var whole = new MemoryJournal();
        var expected = await RunAsync(whole, failing, () => Settings(preset));
        Assert.Equal(RunStatus.Completed, expected.Status);
        var events = await whole.ReadAsync("run", 0, Cancellation);
        Assert.True(whole.Commits.Count > 20, $"only {whole.Commits.Count} cuts");

        foreach (var cut in whole.Commits.SkipLast(1))
        {
            var journal = new MemoryJournal();
            await journal.AppendAsync("run", 0, [.. events.Take((int)cut)], Cancellation);
            Forget();
            var resumed = await RunAsync(journal, failing, settings: null);

            Assert.Equal(Story(expected), Story(resumed));
            var answered = events.Take((int)cut).OfType<ProposalAnswered>().Select(answer => Seeds.For(1, answer.Step, answer.Call))
                .ToHashSet();
            Assert.DoesNotContain(_fakes.PromptGen.Requests, request => answered.Contains(request.Seed));
            var described = events.Take((int)cut).OfType<DescriptionReceived>().Select(received => received.Image).ToHashSet();
            Assert.DoesNotContain(_fakes.Captioner.Requests, request => described.Contains(request.Sha256));
        }
    }

    [Fact]
    public async Task An_intent_without_an_answer_counts_as_a_call_and_is_asked_again_with_the_same_seed()
    {
        var whole = new MemoryJournal();
        var expected = await RunAsync(whole, failing: false, () => Settings("ipo-paper"));
        var events = await whole.ReadAsync("run", 0, Cancellation);
        var intent = events.Select((happened, index) => (happened, index))
            .First(pair => pair.happened is ProposalRequested { Step: 2 }).index;
        var journal = new MemoryJournal();
        await journal.AppendAsync("run", 0, [.. events.Take(intent + 1)], Cancellation);

        var resumed = await RunAsync(journal, failing: false, settings: null);

        Assert.Equal(Story(expected), Story(resumed));
        Assert.Equal(1, resumed.Spending.Failures[FailureKind.Interrupted]);
        Assert.Equal(expected.Spending.Calls + 1, resumed.Spending.Calls);
        var again = (await journal.ReadAsync("run", 0, Cancellation)).OfType<ProposalRequested>().Where(request => request.Step == 2)
            .ToList();
        Assert.Equal([1, 2], again.Select(request => request.Attempt));
        Assert.Single(again.Select(request => request.InstructionDigest).Distinct());
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_trajectory_and_the_second_run_finds_every_image_cached()
    {
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, new MemoryJournal(), new RushingClock());
        await lab.RegisterAsync("tiny");
        var states = new List<RunState>();
        foreach (var id in new[] { "first", "second" })
        {
            await lab.Client.Runs.CreateRunAsync(new() { RunId = id, Settings = Settings("ipo-paper") }, cancellationToken: Cancellation);
            states.Add(await lab.EndAsync(id));
        }
        Assert.Equal(Story(states[0]), Story(states[1]));
        Assert.Equal((0, 4), (states[0].Spending.ImagesCached, states[0].Spending.ImagesEncoded));
        Assert.Equal((4, 0), (states[1].Spending.ImagesCached, states[1].Spending.ImagesEncoded));

        await lab.Client.Runs.CreateRunAsync(
            new() { RunId = "other", Settings = Settings("ipo-paper", seed: 2) }, cancellationToken: Cancellation);
        Assert.NotEqual(Story(states[0]), Story(await lab.EndAsync("other")));
    }

    [Fact]
    public async Task Refusals_are_counted_by_reason_and_nothing_refused_is_scored()
    {
        var run = await RunAsync(new MemoryJournal(), failing: false, () => Settings("ipo-paper"));

        Assert.Equal(3, run.Refusals[RefusalReason.Duplicate]);
        Assert.Equal(3, run.Refusals[RefusalReason.NoClass]);
        Assert.Equal(1 + 3 * 2, run.Scored.Count);
        Assert.DoesNotContain("a picture of something", _fakes.Scorer.ScoredTemplates);
    }

    [Fact]
    public async Task A_prompt_too_long_for_the_scorer_is_refused_and_never_sent_again()
    {
        var longest = "a " + string.Concat(Enumerable.Repeat("very ", 50)) + "good picture of a <CLASS>.";
        _fakes.PromptGen.Answer = _ => $"<INS>{longest}</INS>";

        var run = await RunAsync(new MemoryJournal(), failing: false, () => Settings("ipo-paper"));

        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(1, run.Refusals[RefusalReason.Unscorable]);
        Assert.Equal(2, run.Refusals[RefusalReason.Duplicate]);
        Assert.Single(_fakes.Scorer.ScoredTemplates, longest);
        Assert.Equal("a photo of a <CLASS>.", run.Ended!.Winner);
    }

    [Fact]
    public async Task A_candidate_that_fits_the_base_classes_but_not_a_novel_one_is_refused_before_it_can_win()
    {
        TinyDataset.Write(_folder, "data/long", classes: 3);
        Directory.Move(
            Path.Combine(_folder, "data/long/kind_c"),
            Path.Combine(_folder, "data/long/kind_c_with_a_name_that_is_much_longer_than_the_others"));
        var candidate = "an uncommonly lovely and sharp picture of one <CLASS> on a white table.";
        _fakes.Scorer.LongestText = candidate.Length + 10;
        _fakes.PromptGen.Answer = _ => $"<INS>{candidate}</INS>";
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, new MemoryJournal(), new RushingClock());
        await lab.RegisterAsync("long");
        var settings = Settings("ipo-paper");
        settings.Dataset = "long";

        await lab.Client.Runs.CreateRunAsync(new() { RunId = "run", Settings = settings }, cancellationToken: Cancellation);
        var run = await lab.EndAsync("run");

        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(1, run.Refusals[RefusalReason.Unscorable]);
    }

    [Fact]
    public async Task A_novel_class_whose_name_is_short_in_characters_and_long_in_tokens_decides_what_fits()
    {
        TinyDataset.Write(_folder, "data/short");
        Directory.Move(Path.Combine(_folder, "data/short/kind_c"), Path.Combine(_folder, "data/short/x1-2b"));
        var candidate = "an uncommonly lovely and sharp picture of one <CLASS> on a white table.";
        // As CLIP splits words: letters together, digits one by one, other signs together.
        _fakes.Scorer.LengthOf = text => Regex.Count(text, @"\p{L}+|\p{N}|[^\s\p{L}\p{N}]+");
        _fakes.Scorer.LongestText = _fakes.Scorer.LengthOf(candidate.Replace("<CLASS>", "kind d", StringComparison.Ordinal));
        _fakes.PromptGen.Answer = _ => $"<INS>{candidate}</INS>";
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, new MemoryJournal(), new RushingClock());
        await lab.RegisterAsync("short");
        var settings = Settings("ipo-paper");
        settings.Dataset = "short";

        await lab.Client.Runs.CreateRunAsync(new() { RunId = "run", Settings = settings }, cancellationToken: Cancellation);
        var run = await lab.EndAsync("run");

        Assert.Equal(["kind d", "x1-2b"], run.Prepared!.NovelClassNames);
        Assert.Equal((RunStatus.Completed, null), (run.Status, run.FailureReason));
        Assert.Equal(1, run.Refusals[RefusalReason.Unscorable]);
    }

    [Fact]
    public async Task Another_checkpoint_in_the_middle_of_a_run_fails_it_instead_of_mixing_scores()
    {
        var journal = new MemoryJournal();
        _fakes.PromptGen.Instead = call =>
        {
            if (call != 1) return Task.FromResult<V1.ProposeTemplatesResponse?>(null);
            _fakes.Scorer.Restart();
            var other = _fakes.Scorer.Model.Clone();
            other.Name = "other-clip";
            other.Digest = new string('d', 64);
            _fakes.Scorer.Model = other;
            return Task.FromResult<V1.ProposeTemplatesResponse?>(null);
        };

        var run = await RunAsync(journal, failing: null, () => Settings("ipo-paper"));

        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.Contains(
            "clip-scorer now runs other-clip dddddddddddd (cpu, fp32, pixels 1), and the run was prepared with fake-clip",
            run.FailureReason, StringComparison.Ordinal);
        Assert.Equal(1, run.StepsCompleted);
    }

    [Fact]
    public async Task The_budget_ends_the_search_and_what_was_found_is_reported()
    {
        _fakes.PromptGen.Proposer = new() { Name = "ipo", Model = "gpt", Paid = true };
        var settings = Settings("ipo-paper");
        settings.Budget = new() { Calls = 2 };

        var run = await RunAsync(new MemoryJournal(), failing: false, () => settings);

        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(StopReason.CallsSpent, run.Ended!.Reason);
        Assert.Equal((2, 2, 14), (run.StepsCompleted, run.Spending.PaidCalls, run.Spending.CostMicroUsd));
        Assert.Equal(2, _fakes.PromptGen.Requests.Count);
    }

    [Fact]
    public async Task The_captioner_is_told_the_class_first_and_all_other_names_after_it()
    {
        await RunAsync(new MemoryJournal(), failing: false, () => Settings("ipo-paper"));

        Assert.Equal(4, _fakes.Captioner.Requests.Count);
        foreach (var (_, names) in _fakes.Captioner.Requests)
        {
            Assert.Equal(["kind a", "kind b", "kind c", "kind d"], names.Order());
            Assert.True(names[0] is "kind a" or "kind b", names[0]);
        }
    }

    [Fact]
    public async Task An_image_that_the_scorer_cannot_read_gives_its_place_to_another()
    {
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, new MemoryJournal(), new RushingClock());
        await lab.RegisterAsync("tiny", "a drawing of a <CLASS>.");
        await lab.Client.Runs.CreateRunAsync(new() { RunId = "before", Settings = Settings("ipo-paper") }, cancellationToken: Cancellation);
        var chosen = (await lab.EndAsync("before")).Prepared!.SearchImages;
        _fakes.Scorer.Restart();
        _fakes.Scorer.Rejections[chosen[0].Sha256] = "it is cut off";

        await lab.Client.Runs.CreateRunAsync(new() { RunId = "after", Settings = Settings("ipo-paper") }, cancellationToken: Cancellation);
        var run = await lab.EndAsync("after");

        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(4, run.Prepared!.SearchImages.Count);
        Assert.DoesNotContain(chosen[0], run.Prepared.SearchImages);
        var report = (await lab.Client.Reports.GetRunReportAsync(new() { RunId = "after" }, cancellationToken: Cancellation)).Report;
        Assert.Contains(report.Caveats, caveat => caveat.Message.Contains("it is cut off", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_test_image_that_the_scorer_cannot_read_is_left_out_and_the_run_completes()
    {
        var file = Directory.GetFiles(Path.Combine(_folder, "data/tiny/kind_a"))[0];
        var sha256 = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file, Cancellation)));
        _fakes.Scorer.Rejections[sha256] = "it is cut off";

        var run = await RunAsync(new MemoryJournal(), failing: false, () => Settings("ipo-paper", shots: 5));

        // Wherever the one image belongs, every part is scored without it and the pairs still match.
        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.All(run.Evaluations.GroupBy(done => done.Part), part => Assert.Single(part.Select(done => done.Correct.Length).Distinct()));
        var images = run.Evaluations.Where(done => done.Template == run.Ended!.Winner).Sum(done => done.Correct.Length);
        Assert.Equal(10 + 4 + 6 + 6 - 1, images);
    }

    [Fact]
    public async Task A_dataset_registered_anew_with_other_images_fails_the_run_by_name()
    {
        var journal = new MemoryJournal();
        await RunAsync(journal, failing: false, () => Settings("ipo-paper"));
        var events = await journal.ReadAsync("run", 0, Cancellation);
        var cut = new MemoryJournal();
        await cut.AppendAsync("run", 0, [.. events.TakeWhile(happened => happened is not StepCompleted)], Cancellation);
        _folder.Write("data/tiny/kind_a/new.png", TinyDataset.Image("new"));

        await using (var lab = await OrchestratorLab.StartAsync(_folder, _fakes, new MemoryJournal()))
            await lab.RegisterAsync("tiny");
        var run = await RunAsync(cut, failing: false, settings: null);

        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.StartsWith("Dataset 'tiny' has changed since the run was prepared", run.FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_changed_behind_the_orchestrators_back_is_never_sent()
    {
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, new MemoryJournal(), new RushingClock());
        await lab.RegisterAsync("tiny");
        foreach (var file in Directory.GetFiles(Path.Combine(_folder, "data/tiny/kind_a")))
            await File.WriteAllTextAsync(file, "something else", Cancellation);

        await lab.Client.Runs.CreateRunAsync(new() { RunId = "run", Settings = Settings("ipo-paper") }, cancellationToken: Cancellation);
        var run = await lab.EndAsync("run");

        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.Matches("The image 'kind_a/.*' of dataset 'tiny' has changed since it was registered", run.FailureReason);
    }

    private async Task<RunState> RunAsync(MemoryJournal journal, bool? failing, Func<V1.RunSettings>? settings, RushingClock? clock = null)
    {
        if (failing is { } fails)
            _fakes.PromptGen.Instead = call =>
                Task.FromResult(fails && call % 3 == 1 ? FakePromptGen.Failure(V1.FailureKind.RateLimited) : null);
        _fakes.Captioner.Instead = call =>
            failing == true && call % 3 == 1 ? new() { Failure = new() { Kind = V1.FailureKind.Unavailable, Message = "away" } } : null;
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes, journal, clock ?? new RushingClock());
        if (settings is not null)
        {
            await lab.RegisterAsync("tiny");
            await lab.Client.Runs.CreateRunAsync(new() { RunId = "run", Settings = settings() }, cancellationToken: Cancellation);
        }
        return await lab.EndAsync("run");
    }

    private void Forget()
    {
        _fakes.Scorer.Restart();
        _fakes.PromptGen.Requests.Clear();
        _fakes.Captioner.Requests.Clear();
        _fakes.Scorer.ScoredTemplates.Clear();
    }

    private static V1.RunSettings Settings(string preset, long seed = 1, int shots = 2) => new()
    {
        Dataset = "tiny",
        Preset = preset,
        Seed = seed,
        Shots = shots,
        Steps = 3,
        CandidatesPerStep = 4,
        Descriptions = true,
    };

    // All that a trajectory is: what was scored and how, what was refused, who won, what was proven.
    private static string Story(RunState run) => string.Join('\n',
    [
        $"{run.Status} {run.Ended?.Reason} {run.Ended?.Winner}",
        .. run.Scored.Select(prompt => $"{prompt.Step} {prompt.Template.Text} {prompt.Accuracy:R} {prompt.Loss:R}"),
        .. run.Refusals.Select(pair => $"{pair.Key} {pair.Value}"),
        .. run.Descriptions.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}"),
        .. run.Evaluations.Select(done => $"{done.Template} {done.Part} {done.Accuracy:R} {done.Loss:R} {done.Correct}"),
    ]);
}
