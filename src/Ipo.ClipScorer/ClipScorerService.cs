using Grpc.Core;
using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Metrics;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Scoring;
using Ipo.ClipScorer.ZeroShot;
using Ipo.ServiceDefaults;

namespace Ipo.ClipScorer;

/// <summary>The contract's RPCs: checks a request, makes one call, maps the answer.</summary>
internal sealed class ClipScorerService(
    EmbeddingModel model, ModelQueue queue, IImageEmbeddings images, TextEncoder texts, ImageSets sets,
    TemplateEncoder templates, TemplateScoring scoring, ClipScorerMetrics metrics)
    : V1.ClipScorerService.ClipScorerServiceBase
{
    public override Task<V1.GetModelResponse> GetModel(V1.GetModelRequest request, ServerCallContext context) =>
        Task.FromResult(new V1.GetModelResponse { Model = Answers.Model(model) });

    public override async Task<V1.EmbedImagesResponse> EmbedImages(V1.EmbedImagesRequest request, ServerCallContext context)
    {
        var batch = RequestChecks.Images(request.Images, RequestChecks.MostImages, model.Facts.EmbeddingDimension);
        using var place = queue.Enter();
        await images.EmbedAsync(batch, context.CancellationToken);
        var answers = Enumerable.Range(0, batch.Count)
            .Select(image => Answers.Embedding(batch, image, request.IncludeEmbeddings));
        return new() { Embeddings = { answers } };
    }

    public override async Task<V1.EmbedTextsResponse> EmbedTexts(V1.EmbedTextsRequest request, ServerCallContext context)
    {
        RequestChecks.Count("texts", request.Texts.Count, 0, RequestChecks.MostTexts);
        using var place = queue.Enter();
        var ids = RequestChecks.Tokens(request, model, context.CancellationToken);
        if (request.CheckOnly) return new() { Tokens = { ids.Select(text => new V1.TextTokens { Ids = { text } }) } };
        var embeddings = await texts.EncodeAsync(ids, context.CancellationToken);
        return new() { Embeddings = { embeddings.Chunk(model.Facts.EmbeddingDimension).Select(Answers.Bytes) } };
    }

    public override async Task<V1.PutImageSetResponse> PutImageSet(V1.PutImageSetRequest request, ServerCallContext context)
    {
        var (digests, labels) = RequestChecks.LabelledImages(request);
        using var place = queue.Enter(); // a set is large: calls in flight bound the memory
        var (digest, missing) = await sets.PutAsync(digests, labels, request.ClassCount, context.CancellationToken);
        return new() { ImageSetDigest = digest, Missing = { missing }, Model = Answers.Model(model) };
    }

    public override async Task ScoreTemplates(
        V1.ScoreTemplatesRequest request, IServerStreamWriter<V1.ScoreTemplatesResponse> responseStream, ServerCallContext context)
    {
        var set = sets.Get(request.ImageSetDigest);
        var classes = RequestChecks.Classes(request.ClassNames, set.ClassImages.Length, set.ClassImages.Length);
        RequestChecks.Count("prompt_sets", request.PromptSets.Count, 1, RequestChecks.MostPromptSets);
        PromptSet[] prompts = [.. request.PromptSets.Select(RequestChecks.Prompts)];
        using var place = queue.Enter();
        // What is known already goes first: its callers need not wait for what has to be computed.
        var known = await scoring.KnownAsync(set, classes, prompts, context.CancellationToken);
        for (var i = 0; i < known.Length; i++)
            if (known[i] is { } score)
                await responseStream.WriteAsync(
                    Answers.Score(i, set, score, Repaired(prompts[i]), request.IncludeOutcomes), context.CancellationToken);
        for (var i = 0; i < known.Length; i++)
            if (known[i] is null)
                await responseStream.WriteAsync(
                    await ScoreAsync(prompts[i], i, set, classes, request.IncludeOutcomes, context.CancellationToken),
                    context.CancellationToken);
    }

    private async Task<V1.ScoreTemplatesResponse> ScoreAsync(
        PromptSet prompts, int index, ImageSet set, ClassNames classes, bool outcomes, CancellationToken cancellation)
    {
        try
        {
            var score = await scoring.ScoreAsync(set, classes, prompts, cancellation);
            return Answers.Score(index, set, score, Repaired(prompts), outcomes);
        }
        catch (TemplateRefusedException refusal)
        {
            metrics.TemplateRefused();
            return new() { PromptSetIndex = index, Refusal = refusal.Message };
        }
    }

    private IEnumerable<RepairedTemplate> Repaired(PromptSet prompts) => RepairedTemplate.Of(prompts, model.Tokenizer.Repair);

    public override async Task<V1.ClassifyResponse> Classify(V1.ClassifyRequest request, ServerCallContext context)
    {
        var batch = RequestChecks.Images(request.Images, RequestChecks.MostClassifiedImages, model.Facts.EmbeddingDimension);
        var classes = RequestChecks.Classes(request.ClassNames, 2, RequestChecks.MostClasses);
        if (request.TopK < 0) throw new InvalidFieldException("top_k", $"is {request.TopK}; it takes 0 or more.");
        using var place = queue.Enter();
        var prompts = RequestChecks.Prompts(request.PromptSet);
        var matrix = await templates.EncodeAsync(prompts, classes, context.CancellationToken);
        await images.EmbedAsync(batch, context.CancellationToken);
        var answers = Enumerable.Range(0, batch.Count)
            .Select(image => Answers.Classification(batch, image, matrix, classes, model.Head, request.TopK));
        return new() { Classifications = { answers }, Repaired = { Repaired(prompts).Select(Answers.Repaired) } };
    }
}
