using Ipo.ClipScorer.Caching;
using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Metrics;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.ZeroShot;

namespace Ipo.ClipScorer.Scoring;

/// <summary>From a prompt set and class names to class embeddings.
/// Keeps the latest ones: language models repeat themselves, a winner is scored on several image sets and then
/// served, and sets share their templates.</summary>
internal sealed class TemplateEncoder(
    EmbeddingModel model, TextEncoder texts, ModelQueue queue, long capacityBytes, ClipScorerMetrics metrics)
{
    private readonly LeastRecentlyUsed<(string Classes, string Set), ClassMatrix> _kept =
        new(capacityBytes, (key, matrix) => matrix.Bytes + LeastRecentlyUsed.TextBytes(key.Set));

    /// <summary>Most templates of a prompt set, and of those that one class has alone;
    /// CLIP's own for ImageNet has 80.</summary>
    public const int MostTemplates = 128;

    /// <exception cref="TemplateRefusedException">The template cannot be encoded with these class names.</exception>
    public async Task<ClassMatrix> EncodeAsync(PromptSet set, ClassNames classes, CancellationToken cancellation)
    {
        var key = (classes.Digest, set.Key);
        if (Known(key) is { } known) return known;
        if (set is { Templates: [var template], ClassPrompts: [] }) return await EncodeOneAsync(key, template, classes, cancellation);
        var matrix = await EncodeSeveralAsync(set, classes, cancellation);
        _kept.Put(key, matrix);
        return matrix;
    }

    private async Task<ClassMatrix> EncodeSeveralAsync(PromptSet set, ClassNames classes, CancellationToken cancellation)
    {
        if (set.Templates.Count is 0 or > MostTemplates)
            throw new TemplateRefusedException(
                $"The prompt set has {set.Templates.Count} templates of all classes; it takes 1 to {MostTemplates}.");
        var own = OwnPrompts(set.ClassPrompts, classes, cancellation);
        var matrices = new ClassMatrix[set.Templates.Count];
        for (var i = 0; i < matrices.Length; i++)
            matrices[i] = await EncodeAsync(PromptSet.Of(set.Templates[i]), classes, cancellation);
        var ownTokens = own.GroupBy(prompt => prompt.Class, prompt => prompt.Ids.Length)
            .Select(lengths => lengths.Sum()).DefaultIfEmpty().Max();
        var embeddings = await texts.EncodeAsync([.. own.Select(prompt => prompt.Ids)], cancellation);
        return await queue.RunAsync(() => ClassMatrix.Mean(matrices, ByClass(own, embeddings), ownTokens), cancellation);
    }

    private List<OwnPrompt> OwnPrompts(IReadOnlyList<ClassPrompt> prompts, ClassNames classes, CancellationToken cancellation)
    {
        var own = new List<OwnPrompt>();
        var labels = classes.Names.Select((name, label) => (name, label)).ToLookup(pair => pair.name, pair => pair.label);
        foreach (var (className, template) in prompts)
        {
            foreach (var label in labels[className])
            {
                var prompt = TemplatePrompts.Of(
                    template, new([className]), model.Tokenizer.Encode, model.Facts.ContextLength, cancellation);
                own.Add(new(label, [.. prompt.SharedPrefix, .. prompt.Suffixes[0]]));
            }
        }
        if (own.CountBy(prompt => prompt.Class).FirstOrDefault(count => count.Value > MostTemplates) is { Value: > 0 } most)
            throw new TemplateRefusedException(
                $"The prompt set has {most.Value} templates of the class \"{classes.Names[most.Key]}\" alone; "
                + $"it takes at most {MostTemplates}.");
        return own;
    }

    private ILookup<int, float[]> ByClass(List<OwnPrompt> prompts, float[] embeddings)
    {
        var dimension = model.Facts.EmbeddingDimension;
        return prompts
            .Select((prompt, at) => (prompt.Class, Embedding: embeddings[(at * dimension)..((at + 1) * dimension)]))
            .ToLookup(own => own.Class, own => own.Embedding);
    }

    private Task<ClassMatrix> EncodeOneAsync(
        (string Classes, string Set) key, string template, ClassNames classes, CancellationToken cancellation)
    {
        var prompts = TemplatePrompts.Of(template, classes, model.Tokenizer.Encode, model.Facts.ContextLength, cancellation);
        return queue.RunAsync(() =>
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
        var dimension = model.Facts.EmbeddingDimension;
        var embeddings = new float[checked(prompts.Suffixes.Count * dimension)];
        model.EncodeTemplate(prompts.SharedPrefix, prompts.Suffixes, embeddings, cancellation);
        return ClassMatrix.Pack(embeddings, prompts.Suffixes.Count, dimension,
            prompts.SharedPrefix.Length + prompts.Suffixes.Max(suffix => suffix.Length));
    }

    // A prompt that a class has alone: the class, and its tokens with start and end.
    private sealed record OwnPrompt(int Class, int[] Ids);
}
