using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Ipo.Optimization.Actions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Loop;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Journal;
using Ipo.Orchestrator.Runs;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.Orchestrator.Runs;

/// <summary>
/// Whole runs as an earlier version wrote them down. Whoever changes how a run is folded, planned or reported sees here what becomes of
/// the journals that people have: the same state, the same next step after every event, the same report to the digit.
/// </summary>
public sealed class JournalReplayTests : ReplayedRunTest
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithIndentation());

    public static TheoryData<string> Journals =>
        [.. Directory.GetFiles(JournalFolder, "*.jsonl").Order().Select(file => Path.GetFileNameWithoutExtension(file))];

    [Theory]
    [MemberData(nameof(Journals))]
    public async Task A_recorded_run_is_read_planned_and_reported_as_it_was(string name)
    {
        var lines = await File.ReadAllLinesAsync(FileOf(name, "jsonl"), Cancellation);
        var events = lines.Select((line, at) => StoredEvent.Read(name, at + 1, TypeIn(line), line)).ToList();
        Assert.Equal(lines, events.Select(StoredEvent.Write));

        var decisions = new StringBuilder();
        for (var length = 1; length <= events.Count; length++)
            decisions.Append($"{length} {Say(Planner.Next(RunState.Fold(events.Take(length))))}\n");
        await GoldenAsync(name, "decisions.txt", decisions.ToString());

        await Lab.Services.GetRequiredService<IRunJournal>().AppendAsync(name, 0, events, Cancellation);
        var run = (await Client.Runs.GetRunAsync(new() { RunId = name }, cancellationToken: Cancellation)).Run;
        await GoldenAsync(name, "run.json", Json.Format(run) + "\n");
        if (run.State != V1.RunState.Completed) return;

        var answer = await Client.Reports.GetRunReportAsync(new() { RunId = name }, cancellationToken: Cancellation);
        // These are of the test's own folder and hour.
        (answer.Report.Dataset.Path, answer.Report.Dataset.RegisteredAt) = ("/data", new Timestamp());
        await GoldenAsync(name, "report.json", Json.Format(answer.Report) + "\n");
        await GoldenAsync(name, "report.md", answer.Markdown);
    }

    private static async Task GoldenAsync(string name, string ending, string text)
    {
        if (Environment.GetEnvironmentVariable("IPO_WRITE_GOLDENS") == "1")
            await File.WriteAllTextAsync(FileOf(name, ending), text, Cancellation);
        Assert.Equal(await File.ReadAllTextAsync(FileOf(name, ending), Cancellation), text);
    }

    private static string TypeIn(string line) => line.Split('"')[3];

    // All that an action decides, on one line; of long texts the digest.
    private static string Say(RunAction action) => action switch
    {
        ScoreTemplates score => $"ScoreTemplates {score.Step} {score.Detail} {Texts(score.Templates.Select(one => one.Text))} "
            + Texts(score.Refused.Select(one => $"{one.Refusal.Reason}: {one.Text} ({one.Refusal.Message})")),
        ChooseImages choose => $"ChooseImages {choose.Count} of {Digest(Texts(choose.Pool.Select(image => image.Sha256)))}",
        DescribeImages describe => "DescribeImages "
            + Texts(describe.Calls.Select(call => $"{call.Image.Sha256[..8]} {call.Attempt} {call.NotBefore:O}")),
        ChooseDescriptions choose => $"ChooseDescriptions {Digest(Texts(choose.Described.Select(image => image.Sha256)))}",
        Propose propose => $"Propose {propose.Step} {Say(propose.Proposer)} "
            + Texts(propose.Calls.Select(call => $"{call.Call} {call.Attempt} {call.Seed} {call.NotBefore:O}"))
            + $" {propose.CandidateCount} {Digest(propose.Instruction)} {Digest(Texts(propose.Memory.Select(Say)))} "
            + Digest(Texts(propose.Descriptions)),
        FindConfusions find => $"FindConfusions {find.Template.Text}",
        EndSearch end => $"EndSearch {end.Reason} {end.Winner.Text}",
        Evaluate evaluate => Say(evaluate.Evaluations[0]),
        ChooseWinner choose => $"ChooseWinner {Texts([choose.Winner.Text])}",
        Fail fail => $"Fail {RunFaultSentences.Of(fail.Fault)}",
        _ => action.GetType().Name,
    };

    // Those after it come first when it is done.
    private static string Say(PartEvaluation first) => $"Evaluate {Texts([first.Template.Text])} {first.Part} {first.Detail}";

    // What facts of a provider were when the decisions were written down; those that came later decide nothing.
    private static string Say(ProviderFacts provider) =>
        $"ProviderFacts {{ Name = {provider.Name}, Model = {provider.Model}, Paid = {provider.Paid} }}";

    private static string Say(ScoredPrompt prompt) =>
        FormattableString.Invariant($"{prompt.Step} {prompt.Accuracy} {prompt.Loss} {prompt.Template.Text}");

    private static string Texts(IEnumerable<string> texts) => $"[{string.Join("; ", texts).ReplaceLineEndings("\\n")}]";

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
