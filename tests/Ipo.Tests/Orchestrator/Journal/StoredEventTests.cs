using CsCheck;
using Google.Protobuf.Reflection;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Journal;
using Ipo.Tests.Optimization.Facts;
using Xunit;

namespace Ipo.Tests.Orchestrator.Journal;

public sealed class StoredEventTests
{
    private static readonly CallUsage Usage = new(1200, 34, 567, TimeSpan.FromMilliseconds(1500));
    private static readonly CallFailure Failure = new(FailureKind.RateLimited, "Too many requests.", TimeSpan.FromSeconds(20));

    private static readonly RunEvent[] OneOfEach =
    [
        new RunCreated(Events.At, "run-1", Events.Settings with
        {
            Classes = ClassSelection.All, Order = InstructionOrder.Code, ShownAboveAccuracy = 0.2, Proposer = "evolve",
            Budget = new(10, 20, 30, TimeSpan.FromMinutes(4)),
        }),
        new RunPickedUp(Events.At),
        Events.Prepared with { Parts = [DatasetPart.Search, DatasetPart.Validation, DatasetPart.TestBase, DatasetPart.TestNovel] },
        new ImagesEmbedded(Events.At, 4, 2),
        new DescriptionRequested(Events.At, "a0", 2),
        new DescriptionReceived(Events.At, "a0", "A \"quoted\" bird – très fine 🎵 <CLASS>", true, Usage, "eyes-1"),
        new DescriptionFailed(Events.At, "a0", Failure, CallUsage.None),
        new ProposalRequested(Events.At, 3, 1, 2, "0f0f"),
        new ProposalAnswered(Events.At, 3, 1, "<INS>a photo of a <CLASS>.</INS>\n", Usage, "words-1"),
        new ProposalFailed(Events.At, 3, 1, Failure with { RetryAfter = null }, Usage),
        new TemplateScored(Events.At, 3, "a photo of a <CLASS>.", 2 / 3.0, 0.1),
        new TemplateRefused(Events.At, 3, "a photo", RefusalReason.NoClass, "The template has no <CLASS>."),
        new StepCompleted(Events.At, 3),
        new StopRequested(Events.At),
        new SearchEnded(Events.At, StopReason.StepsDone, "a photo of a <CLASS>."),
        new WinnerChosen(Events.At, "a photo of a <CLASS>."),
        new TestOpened(Events.At, 3),
        new TemplateEvaluated(Events.At, "a photo of a <CLASS>.", DatasetPart.TestBase, 0.5, 1.25, [1, 1], [1, 0], "10"),
        new RunCompleted(Events.At),
        new RunFailed(Events.At, "The key was refused."),
        new RunResumed(Events.At),
        new RunCancelled(Events.At),
        new PauseRequested(Events.At),
        new RunPaused(Events.At),
        new ConfusionsFound(Events.At, "a photo of a <CLASS>.", [new(1, 0, 3)]),
        new ImagesChosen(Events.At, ["b0", "a0"]),
        new DescriptionsChosen(
            Events.At, [new("a0", ["a1"]), new("b0", [])],
            [new("b1", DescriptionFlag.DoesNotFit, 0.125, -4.5), new("b2", DescriptionFlag.NamesAClass, 0.25, 0, "heron")]),
        new DuplicatesFound(Events.At, 3, [new("t0", DatasetPart.TestBase, "a0", DatasetPart.Search, 0.9975)]),
        Events.Prepared with { Captioner = new("attributes", "tiny", false) { Embedded = true } },
        Events.Prepared with { ModelDetails = new(512, 224, 77, "CPU, 8 threads", "reference.json", 0.25) },
        Events.Prepared with
        {
            Model = Events.Prepared.Model with { Probability = ZeroShotProbability.Sigmoid },
            ModelDetails = new(768, 224, 64, "CPU, 8 threads", "", 0, LogitBias: -12.5),
        },
        Events.Prepared with { Mix = [Events.Prepared.Proposer, new("evolve/no-history", "rules-1", false)] },
    ];

    // Journals outlive versions: a line that changes here is a journal that cannot be read any more.
    [Fact]
    public void Every_event_is_stored_as_the_golden_line()
    {
        var lines = File.ReadAllLines(Path.Combine(Shared.Repository, "tests", "Ipo.Tests", "Orchestrator", "Journal", "events.golden.jsonl"));
        Assert.Equal(lines, OneOfEach.Select(StoredEvent.Write));
        Assert.Equal(
            lines, lines.Zip(OneOfEach)
                .Select(pair => StoredEvent.Write(StoredEvent.Read("run-1", 1, StoredEvent.TypeOf(pair.Second), pair.First))));
    }

    [Fact]
    public void Every_kind_of_event_stands_in_the_golden_lines() =>
        Assert.Equal(
            typeof(RunEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(RunEvent))).Select(type => type.Name).Order(),
            OneOfEach.Select(happened => happened.GetType().Name).Distinct().Order());

    // Names in journals; their order is free.
    [Fact]
    public void Stored_words_stay_as_they_are()
    {
        Assert.Equal(["Search", "Validation", "TestBase", "TestNovel", "EvenClasses", "OddClasses"], Enum.GetNames<DatasetPart>());
        Assert.Equal(["SearchImages", "HeldOut"], Enum.GetNames<WinnerRule>());
        Assert.Equal(["Base", "All"], Enum.GetNames<ClassSelection>());
        Assert.Equal(["Paper", "Code"], Enum.GetNames<InstructionOrder>());
        Assert.Equal(["Softmax", "Sigmoid"], Enum.GetNames<ZeroShotProbability>());
        Assert.Equal(["DoesNotFit", "NamesAClass"], Enum.GetNames<DescriptionFlag>());
    }

    // Of what the contract names too, the released contract says what may stand in a journal; a new name joins it there.
    [Fact]
    public void Stored_words_of_the_contract_are_those_that_were_released()
    {
        var files = FileDescriptorSet.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(Shared.Repository, "protos", "released.binpb"))).File;
        Check<FailureKind>("FAILURE_KIND_");
        Check<StopReason>("STOP_REASON_");
        Check<RefusalReason>("REFUSAL_REASON_");

        void Check<T>(string prefix) where T : struct, Enum
        {
            var released = files.SelectMany(file => file.EnumType).Single(type => type.Name == typeof(T).Name).Value
                .Where(value => value.Number != 0).Select(value => value.Name[prefix.Length..].Replace("_", "", StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(released);
            Assert.Subset(Enum.GetNames<T>().ToHashSet(StringComparer.OrdinalIgnoreCase), released.ToHashSet(StringComparer.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public void Members_that_came_later_are_stored_where_they_say_something()
    {
        var scored = new TemplateScored(Events.At, 3, "<CLASS>", 0.5, 0.25, "10", [0.125f, 1.1f]);
        const string Scored = """{"type":"template-scored","step":3,"template":"\u003CCLASS\u003E","accuracy":0.5,"loss":0.25,"correct":"10","losses":[0.125,1.1],"at":"2025-06-01T12:00:00+00:00"}""";
        Assert.Equal(Scored, StoredEvent.Write(scored));
        Assert.Equal(Scored, StoredEvent.Write(StoredEvent.Read("run-1", 1, "template-scored", Scored)));

        var labelled = StoredEvent.Write(new RunCreated(
            Events.At, "run-1", Events.Settings, new SortedDictionary<string, string> { ["team"] = "vision", ["empty"] = "" }));
        Assert.EndsWith(""","labels":{"empty":"","team":"vision"},"at":"2025-06-01T12:00:00+00:00"}""", labelled, StringComparison.Ordinal);
        Assert.Equal(labelled, StoredEvent.Write(StoredEvent.Read("run-1", 1, "run-created", labelled)));

        var named = StoredEvent.Write(new RunCreated(Events.At, "run-1", Events.Settings, DisplayName: "second try"));
        Assert.EndsWith(""","displayName":"second try","at":"2025-06-01T12:00:00+00:00"}""", named, StringComparison.Ordinal);
        Assert.Equal(named, StoredEvent.Write(StoredEvent.Read("run-1", 1, "run-created", named)));

        var evaluated =
            new TemplateEvaluated(Events.At, "<CLASS>", DatasetPart.OddClasses, 0.5, 1.25, [1, 1], [1, 0], "10", [0.5f, 2], [0, 0]);
        Assert.EndsWith(""","correct":"10","losses":[0.5,2],"predicted":[0,0],"at":"2025-06-01T12:00:00+00:00"}""", StoredEvent.Write(evaluated), StringComparison.Ordinal);

        var received = new DescriptionReceived(Events.At, "a0", "an object", false, CallUsage.None, "eyes-1") { NamesReplaced = 2 };
        Assert.Contains(""","namesReplaced":2""", StoredEvent.Write(received), StringComparison.Ordinal);
        Assert.Equal(received, StoredEvent.Read("run-1", 1, "description-received", StoredEvent.Write(received)));

        var calibrated =
            new TemplateEvaluated(
                Events.At, "<CLASS>\na <CLASS>", DatasetPart.Validation, 0.5, 1.25, [1, 1], [1, 0], "10", CalibrationError: 0.125,
                Tokens: 9, Repaired: [new("<CLASS>", "class")]);
        Assert.EndsWith(""","template":"\u003CCLASS\u003E\na \u003CCLASS\u003E","part":"Validation","accuracy":0.5,"loss":1.25,"classImages":[1,1],"classCorrect":[1,0],"correct":"10","calibrationError":0.125,"tokens":9,"repaired":[{"template":"\u003CCLASS\u003E","readAs":"class"}],"at":"2025-06-01T12:00:00+00:00"}""", StoredEvent.Write(calibrated), StringComparison.Ordinal);
        Assert.Equal(
            StoredEvent.Write(calibrated),
            StoredEvent.Write(StoredEvent.Read("run-1", 1, "template-evaluated", StoredEvent.Write(calibrated))));

        var robust = Presets.Get("robust", "animals");
        var created = StoredEvent.Write(new RunCreated(Events.At, "run-1", robust));
        Assert.Contains(""","winnerRule":"HeldOut","finalists":8,"patience":15,"stopsWhenPerfect":true,"explains":true,"dropsIdleWords":true,"descriptionTokens":5000}""", created, StringComparison.Ordinal);
        Assert.Equal(robust, ((RunCreated)StoredEvent.Read("run-1", 1, "run-created", created)).Settings);
        Assert.EndsWith(""","explains":true,"dropsIdleWords":true,"ensembleSize":4,"descriptionTokens":5000},"at":"2025-06-01T12:00:00+00:00"}""", StoredEvent.Write(new RunCreated(Events.At, "run-1", robust with { EnsembleSize = 4 })), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_and_texts_come_back_to_the_bit() =>
        Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1e6], Gen.Int[0, 1000]).Sample((accuracy, loss, step) =>
        {
            var scored = new TemplateScored(Events.At, step, "« <CLASS> » 🎵 \"\\", accuracy, loss);
            Assert.Equal(scored, StoredEvent.Read("run-1", 1, "template-scored", StoredEvent.Write(scored)));
        });

    [Theory]
    [InlineData("null", "step-completed")]
    [InlineData("{}", "step-completed")]
    [InlineData("""{"type":"step-completed","step":3""", "step-completed")]
    [InlineData("""{"type":"step-completed","at":"2025-06-01T12:00:00+00:00"}""", "step-completed")]
    [InlineData("""{"type":"run-completed","at":"2025-06-01T12:00:00+00:00"}""", "step-completed")]
    [InlineData("""{"type":"run-danced","at":"2025-06-01T12:00:00+00:00"}""", "run-danced")]
    public void What_is_no_whole_event_of_its_type_is_damage_that_names_run_and_place(string json, string type)
    {
        var thrown = Assert.Throws<JournalDamagedException>(() => StoredEvent.Read("run-1", 7, type, json));
        Assert.StartsWith("Event 7 of run run-1 ", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.75", "1e999")]
    [InlineData("0.5,", "1e39,")] // beyond a single, in which losses are
    public void A_number_that_would_be_read_as_infinite_is_damage(string number, string larger)
    {
        var stored = StoredEvent.Write(new TemplateScored(Events.At, 0, PromptTemplate.Baseline.Text, 0.75, 1, "10", [0.5f, 2]));
        Assert.Contains(number, stored, StringComparison.Ordinal);
        var thrown = Assert.Throws<JournalDamagedException>(
            () => StoredEvent.Read("run-1", 7, "template-scored", stored.Replace(number, larger, StringComparison.Ordinal)));
        Assert.Contains("a number is too large", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_of_a_newer_version_is_passed_over() =>
        Assert.Equal(new StepCompleted(Events.At, 3), StoredEvent.Read("run-1", 1, "step-completed", """{"type":"step-completed","step":3,"later":[1],"at":"2025-06-01T12:00:00+00:00"}"""));
}
