using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Proof;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;

namespace Ipo.Orchestrator.Reports;

/// <summary>How an ensemble grew, and what the finalists offer beside accuracy, as messages.</summary>
internal static class PromptSetMessages
{
    /// <summary>Adds both to a report.</summary>
    public static void Add(V1.RunReport report, RunState run)
    {
        if (run.Chosen is null) return;
        var winner = PromptSet.Parse(run.Winner!);
        if (winner.IsEnsemble) report.SingleEvaluation = RunReports.Evaluation(run, winner.Templates[0].Text);
        if (Ensemble.Of(run) is { } grown && (winner.Templates.Count > 1 ? PromptSet.Of(winner.Templates) : grown.Set) is { } set)
            report.Ensemble = Of(run, set, winner, grown.Compared.Count);
        if (Finalists.Sets(run).FirstOrDefault(finalist => finalist.Sentences.Count > 0) is { } described)
            report.ClassSentences = Of(run, described, winner);

        var all = TradeOff.All(run);
        var front = TradeOff.Front(all);
        report.TradeOffs.AddRange(all.Select(one => Of(one, front.Contains(one))));
    }

    private static V1.ClassSentences Of(RunState run, PromptSet set, PromptSet winner)
    {
        var message = new V1.ClassSentences
        {
            ChoosingComparison = RunReports.Compare(
                run, set.Text, PromptSet.Of(set.Templates).Text, Finalists.SelectionPart(run.Prepared!)),
            TestBaseComparison = winner == set ? RunReports.Compare(run, set.Text, set.Templates[0].Text, DatasetPart.TestBase) : null,
        };
        foreach (var sentences in set.Sentences.GroupBy(sentence => sentence.ClassName))
            message.Classes.Add(
                new V1.SentencesOfClass
                {
                    ClassName = sentences.Key,
                    Prompts = { sentences.Select(sentence => sentence.Template.For(sentences.Key)) }
                });
        return message;
    }

    private static V1.Ensemble Of(RunState run, PromptSet set, PromptSet winner, int tried)
    {
        var part = Finalists.SelectionPart(run.Prepared!);
        var single = set.Templates[0].Text;
        var message = new V1.Ensemble
        {
            ChoosingComparison = RunReports.Compare(run, set.Text, single, part),
            TestBaseComparison = winner.IsEnsemble ? RunReports.Compare(run, winner.Text, single, DatasetPart.TestBase) : null,
            TestNovelComparison = winner.IsEnsemble ? RunReports.Compare(run, winner.Text, single, DatasetPart.TestNovel) : null,
            SetsTried = tried,
        };
        TemplateEvaluated? before = null;
        for (var templates = 1; templates <= set.Templates.Count; templates++)
        {
            var done = run.EvaluationOf(PromptSet.Of(set.Templates.Take(templates)).Text, part)!;
            message.Steps.Add(new V1.EnsembleStep
            {
                Template = set.Templates[templates - 1].Text,
                Score = RunReports.Score(done),
                AccuracyGain = before is null ? 0 : done.Accuracy - before.Accuracy,
                LossGain = before is null ? 0 : before.Loss - done.Loss,
            });
            before = done;
        }
        return message;
    }

    private static V1.TradeOff Of(TradeOff one, bool onFront)
    {
        var message = new V1.TradeOff
        {
            Template = one.Template.Text,
            Accuracy = one.Accuracy,
            WorstClassAccuracy = one.WorstClass,
            Tokens = one.Tokens,
            CalibrationError = one.CalibrationError,
            OnFront = onFront,
        };
        if (one.HeldOutClasses is { } heldOut) message.HeldOutClassesAccuracy = heldOut;
        return message;
    }
}
