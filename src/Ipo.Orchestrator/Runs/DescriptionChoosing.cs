using Ipo.Optimization.Actions;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Runs;

/// <summary>Fetches the embeddings by which images and descriptions are chosen.</summary>
internal sealed class DescriptionChoosing(ScorerClient scorer, TimeProvider clock)
{
    /// <summary>Chooses the images to describe.</summary>
    /// <returns><see cref="ImagesChosen"/>.</returns>
    public async Task<RunEvent> ChooseImagesAsync(ActiveRun run, ChooseImages action)
    {
        run.Report("choosing images to describe");
        var embeddings = await EmbeddingsAsync(run, action.Pool);
        return new ImagesChosen(
            clock.GetUtcNow(), [.. ImageSelection.Choose(action.Pool, embeddings, action.Count).Select(image => image.Sha256)]);
    }

    /// <summary>Compares descriptions with their images and chooses what is shown.</summary>
    /// <returns><see cref="DescriptionsChosen"/>.</returns>
    public async Task<RunEvent> ChooseDescriptionsAsync(ActiveRun run, ChooseDescriptions action)
    {
        run.Report("choosing descriptions");
        var images = await EmbeddingsAsync(run, action.Described);
        var texts = await scorer.EmbedTextsAsync(
            [.. action.Described.Select(image => run.State.Descriptions[image.Sha256])], run.Retry, run.Free, cut: true);
        return DescriptionChoice.Of(
            run.State, action.Described, [.. images.Zip(texts, (image, text) => (double)Embeddings.Cosine(image, text))],
            clock.GetUtcNow());
    }

    private async Task<IReadOnlyList<float[]>> EmbeddingsAsync(ActiveRun run, IReadOnlyList<SearchImage> images)
    {
        var dataset = run.Dataset!;
        var embeddings = await scorer.GetEmbeddingsAsync(
            [.. images.Select(image => dataset.TrainingImage(image.Sha256))], new ImageFiles(dataset), run.Retry, run.Free);
        return [.. embeddings.Select((embedding, image) => embedding
            ?? throw RefusedException.Forbidden(
                $"{ScorerClient.Service} can no longer read the search image '{dataset.TrainingImage(images[image].Sha256).Path}'; start "
                    + "a new run."))];
    }
}
