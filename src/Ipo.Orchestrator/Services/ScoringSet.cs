using Ipo.Orchestrator.Datasets;

namespace Ipo.Orchestrator.Services;

/// <summary>A set of images on which templates are scored: encoded at first use, put again wherever a scorer does not know it.</summary>
internal sealed class ScoringSet(Scorer scorer, LabelledImages images, ImageFiles files, Func<CancellationToken, Task> beforePut)
{
    // One put more after each refusal: calls go round robin, and with as many puts as replicas every one has the set.
    private const int MostRefusals = 32;

    private string? _digest;

    /// <summary>The images and class names.</summary>
    public LabelledImages Images => images;

    /// <summary>Scores templates.</summary>
    /// <returns>One result per template, in their order.</returns>
    public async Task<IReadOnlyList<V1.ScoreTemplatesResponse>> ScoreAsync(
        IReadOnlyList<string> templates, bool outcomes, Patience patience, Action<double> done, CancellationToken cancellation)
    {
        for (var refusals = 0; ; refusals++)
        {
            if (_digest is null || refusals > 0) await PutAsync(Math.Max(1, refusals), patience, cancellation);
            if (await scorer.ScoreAsync(_digest!, images.ClassNames, templates, outcomes, patience, done, cancellation) is { } results) return results;
            if (refusals == MostRefusals) throw RefusedException.Forbidden($"{Scorer.Service} says that it lacks a set of images right after it was put; its log may say why.");
        }
    }

    private async Task PutAsync(int times, Patience patience, CancellationToken cancellation)
    {
        await beforePut(cancellation);
        for (var i = 0; i < times; i++) _digest = await scorer.PutAsync(images, files, patience, cancellation);
    }
}
