using System.Text;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Report;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Reports.Text;
using Ipo.Orchestrator.Runs;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Reports.Sections;

/// <summary>With what the winner was found, and at what cost.</summary>
internal static class Facts
{
    public static void Write(StringBuilder text, RunReport report)
    {
        var (run, prepared, dataset) = (report.Run, report.Run.Prepared!, report.Dataset);
        var (model, spending) = (prepared.Model, run.Spending);
        void Row(string name, InvariantText value) => Line(text, $"| {name} | {value.ToString()} |");

        text.Append("\n## How it was found\n\n| | |\n|---|---|\n");
        Row(
            "run",
            $"{Markdown.Escape(run.RunId)}, created {run.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, running time "
                + $"{(long)run.Elapsed.TotalHours}:{run.Elapsed:mm\\:ss}");
        if (run.Branch is { } branch)
            Row(
                "branched from",
                $"step {branch.Step} of {Markdown.Escape(branch.RunId)}: {branch.Templates.Count} templates of its memory, scored anew");
        Row("end", $"{Markdown.Escape(RunMessages.Of(new RunView(run, "", 0)).Reason)}");
        Row("settings", $"{Settings(run.Settings, run.StepsCompleted)}");
        Row("selection rule", $"{Markdown.Escape(SelectionRuleSentences.Of(report))}");
        Row(
            "dataset",
            $"{Markdown.Escape(dataset.Name)} ({dataset.Layout}), {dataset.ClassNames.Count} classes, {dataset.Sizes.Train} training, "
                + $"{dataset.Sizes.Validation} validation, {dataset.Sizes.Test} test images, digest {dataset.Digest}");
        Row("classes searched on", $"{Classes(prepared)}");
        Row(
            "checkpoint",
            $"{Markdown.Escape(model.Name)}, {Markdown.Escape(model.ExecutionProvider)}, {Markdown.Escape(model.Precision)}, pixels "
                + $"{Markdown.Escape(model.PreprocessingVersion)}, digest {Markdown.Escape(model.Digest)}");
        Row(
            "proposer",
            $"{Markdown.Escape(string.Join(", ", prepared.Proposers.Select(Name)))}, temperature {run.Settings.Temperature:0.##}");
        Row(
            "captioner",
            $"{(prepared.Captioner is { } captioner ? Markdown.Escape(Name(captioner)) : "none: the images were not described")}");
        if (report.Descriptions is { } descriptions) Row("descriptions", $"{Shown(descriptions)}");
        Row(
            "templates",
            $"{run.Scored.Count} scored; refused: "
                + $"{Markdown.Escape(Counts(run.Refusals.Select(pair => (Words(pair.Key), (long)pair.Value))))}");
        Row("calls", $"{spending.Calls}; failed: {Counts(spending.Failures.Select(pair => (Words(pair.Key), pair.Value)))}");
        Row("tokens", $"{spending.InputTokens} in, {spending.OutputTokens} out");
        Row("money", $"{spending.CostMicroUsd / 1e6:0.000000} US dollars");
        Row("search images", $"{spending.ImagesCached} embeddings cached, {spending.ImagesEncoded} encoded");
        Row("Ipo", $"{IpoVersion.Text}");
    }

    private static string Settings(RunSettings settings, int completed)
    {
        var shots = settings.Shots switch { 0 => "all training images", 1 => "1 shot", var many => Invariant($"{many} shots") };
        return Invariant(
            $"preset {Markdown.Escape(settings.Preset)}, seed {settings.Seed}, {shots}, "
                + $"{(settings.Classes == ClassSelection.Base ? "base classes" : "all classes")}, {completed} of {settings.Steps} steps of "
                + $"{settings.CandidatesPerStep()} candidates, memory {settings.MemorySize}"
                + $"{string.Concat(RunSettings.Table.Select(setting => setting.Tell(setting.Get(settings))).Where(told => told.Length > 0)
                    .Select(told => $", {told}"))}");
    }

    private static string Classes(RunPrepared prepared)
    {
        const int MostNamed = 50;
        var (searched, novel) = (prepared.ClassNames, prepared.NovelClassNames);
        var named = string.Join(", ", searched.Take(MostNamed).Select(Markdown.Escape))
            + (searched.Count > MostNamed ? Invariant($" and {searched.Count - MostNamed} others") : "");
        return novel.Count == 0
            ? Invariant($"all {searched.Count}: {named}")
            : Invariant($"{searched.Count} of {searched.Count + novel.Count}: {named}; the others are novel");
    }

    private static string Shown(ReportedDescriptions descriptions) => descriptions.TokenBudget == 0
        ? $"{descriptions.Described}, each shown as it is"
        : $"{descriptions.Described} images described; {descriptions.Shown.Lines.Count} lines shown for {descriptions.Shown.Texts.Count} "
            + $"of them, about {descriptions.Shown.Tokens} of {descriptions.TokenBudget} tokens; {descriptions.Flagged.Count} left out as "
            + "wrong";

    private static string Name(ProviderFacts provider) =>
        provider.Model.Length == 0 || provider.Model == provider.Name ? provider.Name : $"{provider.Name} ({provider.Model})";

    private static string Counts(IEnumerable<(string Name, long Count)> counts)
    {
        var some = counts.OrderBy(pair => pair.Name, StringComparer.Ordinal).Select(pair => $"{pair.Count} {pair.Name}").ToList();
        return some.Count == 0 ? "none" : string.Join(", ", some);
    }

    private static string Words(RefusalReason reason) => V1.Wording.Of(EnumMapping<RefusalReason, V1.RefusalReason>.Of(reason));

    private static string Words(FailureKind kind) => V1.Wording.Of(EnumMapping<FailureKind, V1.FailureKind>.Of(kind));
}
