using Ipo.Optimization.Facts;
using Ipo.Optimization.Report;
using Ipo.Optimization.Statistics;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Reports;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Comparison;

/// <summary>Scores what a run found on several checkpoints, on the validation images that the run had. One checkpoint after
/// the other, for on one machine they share its processors.</summary>
internal sealed class RunComparing(ReportStore reports, RejectedImages rejected, ServedCheckpoints served, TimeProvider clock)
{
    /// <summary>Compares.</summary>
    /// <param name="request">The run and the checkpoints.</param>
    /// <param name="tell">Told how far it is.</param>
    /// <exception cref="RefusedException">The run is not completed or has no scores of validation images, or a checkpoint
    /// is not served.</exception>
    public async Task<V1.RunComparison> CompareAsync(
        V1.CompareRunRequest request, Action<V1.ComparisonProgress> tell, CancellationToken cancellation)
    {
        var (report, dataset) = await reports.GetAsync(request.RunId, cancellation);
        var prepared = report.Run.Prepared!;
        var recorded = RecordedSet.Of(report);
        if (recorded.Count == 0)
            throw RefusedException.Forbidden(
                $"Run '{request.RunId}' has no scores of validation images, so there is nothing to compare with. 'ipo evaluate' scores "
                    + "templates on another split.");
        var retry = RetryPolicy.ForRequest(clock);
        var checkpoints = await served.FindAsync(request.Checkpoints, retry, cancellation);
        var compared = new List<ComparedCheckpoint>();
        foreach (var (scorer, model) in checkpoints)
        {
            var images = new ImagePart(
                scorer, rejected, dataset, LabelledImages.Of(dataset, prepared, DatasetPart.Validation), model.PreprocessingVersion,
                $"comparison by {Tenant.Caller}");
            await EncodeAsync(images, model.Name, retry, tell, cancellation);
            var scores = await images.ScoreAsync(
                [.. recorded.Select(one => one.PromptSet)], outcomes: true, retry, cancellation);
            compared.Add(new(
                model, RunCheckpoint.IsSame(model, prepared.Model), Sets(recorded, scores, images, report.Run.Settings.Seed)));
        }
        return ComparisonMessages.Of(report, recorded, ComparedCheckpoint.Judge(compared, report.Winner));
    }

    private static async Task EncodeAsync(
        ImagePart images, string checkpoint, RetryPolicy retry, Action<V1.ComparisonProgress> tell, CancellationToken cancellation)
    {
        var all = images.Images.Images.Count;
        void Tell(double share) => tell(new()
        {
            Checkpoint = checkpoint,
            Encoding = new() { ImagesDone = (long)(share * all), Images = all },
        });
        await images.EncodeAsync("the validation images", retry, Tell, cancellation);
        Tell(1); // also where none had to be encoded
    }

    private static List<ComparedSet> Sets(
        IReadOnlyList<RecordedSet> recorded, IReadOnlyList<V1.ScoreTemplatesResponse> scores, ImagePart images, long seed)
    {
        // The baseline stands first.
        var baseline = scores[0].Score is { } own ? images.Correct(own) : null;
        return [.. recorded.Zip(scores, (set, scored) =>
        {
            if (scored.Score is not { } score) return new ComparedSet(set.PromptSet, null, null, scored.Refusal);
            var comparison = set.Comparison is null || baseline is null
                ? null
                : PairedComparison.Of(images.Correct(score), baseline, seed);
            return new ComparedSet(
                set.PromptSet, PartScore.Of(score.Accuracy, score.Loss, score.ClassImages, score.ClassCorrect), comparison,
                Repaired: score.Repaired);
        })];
    }
}
