using Ipo.Optimization.Report;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Comparison;

/// <summary>A comparison as its message.</summary>
internal static class ComparisonMessages
{
    public static V1.RunComparison Of(
        RunReport report, IReadOnlyList<RecordedSet> recorded, IReadOnlyList<ComparedCheckpoint> checkpoints)
    {
        var then = RunMessages.Model(report.Run.Prepared!);
        return new()
        {
            RunId = report.Run.RunId,
            Winner = PromptSetMapping.ToMessage(report.Winner),
            Recorded = Of(new ComparedCheckpoint(then, IsRunsOwn: true, [.. recorded.Select(ComparedSet.Of)])),
            Checkpoints = { checkpoints.Select(Of) },
            ImagesChose = report.Rule == SelectionRule.ValidationImages,
            Message = TravelSentence.Of(checkpoints, report.BaselineStays),
        };
    }

    private static V1.CheckpointScores Of(ComparedCheckpoint one)
    {
        var message = new V1.CheckpointScores
        {
            Model = one.Model,
            IsRunsOwn = one.IsRunsOwn,
            PromptSets = { one.Sets.Select(Of) },
        };
        if (one.Travel is not { } travel) return message;
        message.HolmP = travel.HolmP;
        message.Judgement = OutcomeMapping.Of(travel.Judgement);
        return message;
    }

    private static V1.ComparedPromptSet Of(ComparedSet one)
    {
        var message = new V1.ComparedPromptSet
        {
            PromptSet = PromptSetMapping.ToMessage(one.PromptSet),
            Comparison = one.Comparison is { } comparison ? OutcomeMapping.Of(comparison) : null,
            Repaired = { one.Repaired ?? [] },
        };
        if (one.Score is { } score) message.Score = OutcomeMapping.Of(score);
        else message.Refusal = one.Refusal;
        return message;
    }
}
