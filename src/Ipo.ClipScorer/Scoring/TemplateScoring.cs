using Ipo.ClipScorer.Caching;
using Ipo.ClipScorer.Metrics;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.ZeroShot;

namespace Ipo.ClipScorer.Scoring;

/// <summary>Scores templates on image sets. A score is a fact, so the latest ones are kept and given again.</summary>
internal sealed class TemplateScoring(
    EmbeddingModel model, TemplateEncoder encoder, ModelQueue queue, int threads, long capacityBytes,
    ClipScorerMetrics metrics)
{
    private readonly LeastRecentlyUsed<(string Images, string Classes, string Prompts), TemplateScore> _kept =
        new(capacityBytes, (key, score) => score.Bytes + LeastRecentlyUsed.TextBytes(key.Prompts));

    /// <summary>The score, where it is known already.</summary>
    public TemplateScore? Known(ImageSet set, ClassNames classes, PromptSet prompts)
    {
        if (!_kept.TryGet((set.Digest, classes.Digest, prompts.Key), out var score)) return null;
        metrics.TemplateReused("score");
        return score;
    }

    /// <exception cref="TemplateRefusedException">The template cannot be scored with these class names.</exception>
    public async Task<TemplateScore> ScoreAsync(ImageSet set, ClassNames classes, PromptSet prompts, CancellationToken cancellation)
    {
        if (Known(set, classes, prompts) is { } known) return known;
        using var activity = ClipScorerMetrics.Activities.StartActivity("score template");
        activity?.SetTag("ipo.images", set.Count).SetTag("ipo.classes", classes.Count);
        var matrix = await encoder.EncodeAsync(prompts, classes, cancellation);
        var score = await queue.RunAsync(() => model.Head.Score(set, matrix, threads, cancellation), cancellation);
        activity?.SetTag("ipo.accuracy", score.Accuracy).SetTag("ipo.loss", score.Loss);
        metrics.TemplateScored();
        _kept.Put((set.Digest, classes.Digest, prompts.Key), score);
        return score;
    }
}
