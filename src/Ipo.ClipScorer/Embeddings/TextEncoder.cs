using Ipo.ClipScorer.Model;

namespace Ipo.ClipScorer.Embeddings;

/// <summary>Embeds texts as they stand.</summary>
internal sealed class TextEncoder(ClipModel model, ModelQueue queue, ClipScorerMetrics metrics)
{
    /// <summary>Most characters of a text: far more than any context holds, and few enough that nothing huge is tokenized.</summary>
    public const int MostCharacters = 10_000;

    // What others wait for at most: a few seconds on two cores, whatever the lengths.
    private const int TextsPerTurn = 256;

    /// <summary>Embeds texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cut">Whether a text longer than the context is cut before the place of the end token, as OpenAI's tokenizer does
    /// with <c>truncate</c>.</param>
    /// <param name="cancellation">Stops the work at once.</param>
    /// <returns>[texts, dimension], row after row.</returns>
    /// <exception cref="InvalidRequestException">A text is longer than the context, and is not to be cut.</exception>
    public Task<float[]> EncodeAsync(IReadOnlyList<string> texts, bool cut, CancellationToken cancellation) =>
        EncodeAsync(Tokenize(texts, cut, cancellation), cancellation);

    /// <summary>Refuses what would be refused with <see cref="EncodeAsync(IReadOnlyList{string}, bool, CancellationToken)"/>, without the towers' work.</summary>
    /// <exception cref="InvalidRequestException">A text is longer than the context, and is not to be cut.</exception>
    public void Check(IReadOnlyList<string> texts, bool cut, CancellationToken cancellation) => Tokenize(texts, cut, cancellation);

    /// <summary>Embeds texts by their ids, some in each turn so that other callers need not wait for all.</summary>
    /// <param name="ids">For each text its ids with start and end, not more than the context.</param>
    /// <param name="cancellation">Stops the work at once.</param>
    /// <returns>[texts, dimension], row after row.</returns>
    public async Task<float[]> EncodeAsync(int[][] ids, CancellationToken cancellation)
    {
        if (ids.Length == 0) return [];
        using var activity = ClipScorerMetrics.Activities.StartActivity("encode texts");
        activity?.SetTag("ipo.texts", ids.Length);
        var dimension = model.Card.EmbeddingDimension;
        var embeddings = new float[checked(ids.Length * dimension)];
        for (var first = 0; first < ids.Length; first += TextsPerTurn)
        {
            var some = ids[first..Math.Min(first + TextsPerTurn, ids.Length)];
            var target = embeddings.AsMemory(first * dimension, some.Length * dimension);
            await queue.RunAsync(() => { model.EncodeTexts(some, target.Span, cancellation); return true; }, cancellation);
        }
        metrics.TextsEncoded(ids.Length);
        return embeddings;
    }

    private int[][] Tokenize(IReadOnlyList<string> texts, bool cut, CancellationToken cancellation)
    {
        var ids = new int[texts.Count][];
        for (var i = 0; i < ids.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (texts[i].Length > MostCharacters) throw new InvalidRequestException($"texts[{i}] has {texts[i].Length} characters; it takes at most {MostCharacters}.");
            ids[i] = model.Tokenizer.Encode(texts[i]);
            if (ids[i].Length <= model.Card.ContextLength) continue;
            ids[i] = cut ? [.. ids[i].Take(model.Card.ContextLength - 1), model.Tokenizer.EndId] : throw new InvalidRequestException($"texts[{i}] has {ids[i].Length} tokens, start and end included, and this checkpoint takes {model.Card.ContextLength}; shorten it.");
        }
        return ids;
    }
}
