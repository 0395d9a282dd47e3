using Ipo.Optimization.Actions;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Services;

namespace Ipo.Orchestrator.Runs;

/// <summary>Fetches the embeddings by which images and descriptions are chosen.</summary>
internal sealed class DescriptionChoosing(Scorer scorer, TimeProvider clock)
{
    /// <summary>Chooses the images to describe.</summary>
    /// <returns><see cref="ImagesChosen"/>.</returns>
    public async Task<RunEvent> ChooseImagesAsync(HeldRun run, ChooseImages action)
    {
        run.Voice.Say("choosing images to describe");
        var embeddings = await EmbeddingsAsync(run, action.Pool);
        return new ImagesChosen(
            clock.GetUtcNow(), [.. ImageSelection.Choose(action.Pool, embeddings, action.Count).Select(image => image.Sha256)]);
    }

    /// <summary>Compares descriptions with their images and chooses what is shown.</summary>
    /// <returns><see cref="DescriptionsChosen"/>.</returns>
    public async Task<RunEvent> ChooseDescriptionsAsync(HeldRun run, ChooseDescriptions action)
    {
        run.Voice.Say("choosing descriptions");
        var images = await EmbeddingsAsync(run, action.Described);
        var texts = await scorer.EmbedTextsAsync(
            [.. action.Described.Select(image => run.State.Descriptions[image.Sha256])], run.Patience, run.Free, cut: true);
        return DescriptionChoice.Of(
            run.State, action.Described, [.. images.Zip(texts, (image, text) => (double)Embeddings.Cosine(image, text))],
            clock.GetUtcNow());
    }

    private async Task<IReadOnlyList<float[]>> EmbeddingsAsync(HeldRun run, IReadOnlyList<SearchImage> images)
    {
        var bySha256 = run.Dataset!.Of(DatasetSplit.Train).ToDictionary(image => image.Sha256);
        var embeddings =
            await scorer.GetEmbeddingsAsync(
                [.. images.Select(image => bySha256[image.Sha256])], new ImageFiles(run.Dataset!), run.Patience, run.Free);
        return [.. embeddings.Select((embedding, image) => embedding
            ?? throw RefusedException.Forbidden(
                $"{Scorer.Service} can no longer read the search image '{bySha256[images[image].Sha256].Path}'; start a new run."))];
    }
}
