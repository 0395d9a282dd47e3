using Ipo.ClipScorer.Model;

namespace Ipo.ClipScorer.Embeddings;

/// <summary>Embeds texts as they stand.</summary>
internal sealed class TextEncoder(ClipModel model, ModelQueue queue, ClipScorerMetrics metrics)
{
    /// <summary>Most characters of a text: far more than any context holds, and few enough that nothing huge is tokenized.</summary>
    public const int MostCharacters = 10_000;

    /// <param name="texts">The texts.</param>
    /// <param name="cut">Whether a text longer than the context is cut before the place of the end token, as OpenAI's tokenizer does
    /// with <c>truncate</c>.</param>
    /// <returns>[texts, dimension], row after row.</returns>
    /// <exception cref="InvalidRequestException">A text is longer than the context, and is not to be cut.</exception>
    public async Task<float[]> EncodeAsync(IReadOnlyList<string> texts, bool cut, CancellationToken cancellation)
    {
        var ids = new int[texts.Count][];
        for (var i = 0; i < ids.Length; i++)
        {
            if (texts[i].Length > MostCharacters) throw new InvalidRequestException($"texts[{i}] has {texts[i].Length} characters; it takes at most {MostCharacters}.");
            ids[i] = model.Tokenizer.Encode(texts[i]);
            if (ids[i].Length <= model.Card.ContextLength) continue;
            ids[i] = cut ? [.. ids[i].Take(model.Card.ContextLength - 1), model.Tokenizer.EndId] : throw new InvalidRequestException($"texts[{i}] has {ids[i].Length} tokens, start and end included, and this checkpoint takes {model.Card.ContextLength}; shorten it.");
        }
        if (ids.Length == 0) return [];
        using var activity = ClipScorerMetrics.Activities.StartActivity("encode texts");
        activity?.SetTag("ipo.texts", ids.Length);
        var embeddings = new float[checked(ids.Length * model.Card.EmbeddingDimension)];
        await queue.RunAsync(() => { model.EncodeTexts(ids, embeddings, cancellation); return true; }, cancellation);
        metrics.TextsEncoded(ids.Length);
        return embeddings;
    }
}
