using Ipo.ClipScorer.Caching;
using Ipo.ClipScorer.Metrics;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.ZeroShot;

namespace Ipo.ClipScorer.Scoring;

/// <summary>Scores templates on image sets. A score is a fact, so the latest ones are kept, here and in Redis, and given
/// again.</summary>
internal sealed class TemplateScoring(
    EmbeddingModel model, TemplateEncoder encoder, ModelQueue queue, int threads, long capacityBytes,
    ClipScorerMetrics metrics, RedisScores? redis = null)
{
    private readonly LeastRecentlyUsed<(string Images, string Classes, string Prompts), TemplateScore> _kept =
        new(capacityBytes, (key, score) => score.Bytes + LeastRecentlyUsed.TextBytes(key.Prompts));

    /// <summary>The scores of prompt sets, in their order; null for each that is not known already, here or in Redis.</summary>
    public async Task<TemplateScore?[]> KnownAsync(
        ImageSet set, ClassNames classes, IReadOnlyList<PromptSet> prompts, CancellationToken cancellation)
    {
        TemplateScore?[] known = [.. prompts.Select(one => Known(set, classes, one))];
        if (redis is null) return known;
        int[] lacking = [.. Enumerable.Range(0, known.Length).Where(at => known[at] is null)];
        var found = await redis.FindAsync(set, classes, [.. lacking.Select(at => prompts[at])], cancellation);
        foreach (var (at, score) in lacking.Zip(found))
        {
            if (score is null) continue;
            known[at] = score;
            _kept.Put((set.Digest, classes.Digest, prompts[at].Key), score);
            metrics.TemplateReused("redis");
        }
        return known;
    }

    private TemplateScore? Known(ImageSet set, ClassNames classes, PromptSet prompts)
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
        redis?.Offer(set, classes, prompts, score);
        return score;
    }
}
