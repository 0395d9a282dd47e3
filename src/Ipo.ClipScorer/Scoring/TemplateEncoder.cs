using Ipo.ClipScorer.Model;

namespace Ipo.ClipScorer.Scoring;

/// <summary>From a template and class names to class embeddings. Keeps the latest ones: language models repeat themselves, and a winner
/// is scored on several image sets and then served.</summary>
internal sealed class TemplateEncoder(ClipModel model, ModelQueue queue, long capacityBytes, ClipScorerMetrics metrics)
{
    private readonly LeastRecentlyUsed<(string Classes, string Template), ClassMatrix> _kept = new(capacityBytes, matrix => matrix.Bytes);

    /// <exception cref="TemplateRefusedException">The template cannot be encoded with these class names.</exception>
    public async Task<ClassMatrix> EncodeAsync(string template, ClassNames classes, CancellationToken cancellation)
    {
        var key = (classes.Digest, template);
        if (Known(key) is { } known) return known;
        var prompts = TemplatePrompts.Of(template, classes, model.Tokenizer.Encode, model.Card.ContextLength);
        return await queue.RunAsync(() =>
        {
            // Callers that wanted the same template waited for the one who was first.
            if (Known(key) is { } encoded) return encoded;
            var matrix = Encode(prompts, cancellation);
            metrics.TextsEncoded(classes.Count);
            _kept.Put(key, matrix);
            return matrix;
        }, cancellation);
    }

    private ClassMatrix? Known((string, string) key)
    {
        if (!_kept.TryGet(key, out var known)) return null;
        metrics.TemplateReused("classes");
        return known;
    }

    private ClassMatrix Encode(TemplatePrompts prompts, CancellationToken cancellation)
    {
        using var activity = ClipScorerMetrics.Activities.StartActivity("encode template");
        activity?.SetTag("ipo.classes", prompts.Suffixes.Count).SetTag("ipo.prefix_tokens", prompts.SharedPrefix.Length);
        var dimension = model.Card.EmbeddingDimension;
        var embeddings = new float[checked(prompts.Suffixes.Count * dimension)];
        model.EncodeTemplate(prompts.SharedPrefix, prompts.Suffixes, embeddings, cancellation);
        return ClassMatrix.Pack(embeddings, prompts.Suffixes.Count, dimension);
    }
}
