using Grpc.Core;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Runs;

/// <summary>Fixes what a run works on and with, before anything is spent; and checks later that it is still
/// so.</summary>
internal sealed class Preparation(
    DatasetStore datasets, RejectedImages rejected, ScorerClient scorer, ProviderClient providers, TimeProvider clock)
{
    /// <summary>Chooses the search images, makes the scorer know them and fixes everything else.</summary>
    /// <returns><see cref="RunPrepared"/> and <see cref="ImagesEmbedded"/>: an image that the scorer rejects gives its
    /// place to another one before the choice is fixed.</returns>
    /// <exception cref="RefusedException">The run cannot start; the message says what to do.</exception>
    public async Task<RunEvent[]> PrepareAsync(ActiveRun run)
    {
        run.Report("preparing");
        var (settings, retry, cancellation) = (run.State.Settings, run.Retry, run.Free);
        var dataset = datasets.Get(settings.Dataset);
        var model = await scorer.GetModelAsync(retry, cancellation);
        var proposers = await providers.FindProposersAsync(settings.Proposer, retry, cancellation);
        var captioner = ImagesToDescribe.AreNeeded(settings, proposers)
            ? await providers.GetCaptionerAsync(retry, cancellation)
            : null;

        var searched = SearchedClassCount(dataset, settings);
        await RefuseNamesAsync(dataset, retry, cancellation);

        var (images, embedded) = await ChooseAsync(run, dataset, searched, model.PreprocessingVersion);
        var prepared = Prepared(dataset, searched, images, model, proposers, captioner);
        return [prepared, new ImagesEmbedded(prepared.At, embedded.Cached, embedded.Encoded)];
    }

    private RunPrepared Prepared(
        Dataset dataset, int searched, IReadOnlyList<SearchImage> images, V1.Model model, IReadOnlyList<ProviderFacts> proposers,
        ProviderFacts? captioner) => new(
            clock.GetUtcNow(), dataset.Digest, [.. dataset.ClassNames.Take(searched)], [.. dataset.ClassNames.Skip(searched)], images,
            LabelledImages.PartsOf(dataset, searched), dataset.HandWrittenTemplate, Facts(model), proposers[0], captioner)
        {
            Mix = proposers.Count > 1 ? proposers : null,
            ModelDetails = new(
                model.EmbeddingDimension, model.ImageSize, model.ContextLength, model.Device, model.ParityAgainst,
                model.ParityLargestError, model.LogitBias),
        };

    private static int SearchedClassCount(Dataset dataset, RunSettings settings)
    {
        var searched = BaseNovel.SearchedClasses(dataset.ClassNames.Count, settings.Classes);
        return searched >= 2 ? searched
            : throw RefusedException.Invalid(
                $"Dataset '{dataset.Name}' has {dataset.ClassNames.Count} classes, so only {searched} would be searched on; search on all "
                    + "classes (--classes all).");
    }

    /// <summary>Refuses settings with which no run can start: a proposer that is not configured, or too few classes. What
    /// cannot be asked now, because a service is away, a run that waits for it asks when it is prepared.</summary>
    /// <exception cref="RefusedException">The run could not start; the message says what to do.</exception>
    public async Task RefuseImpossibleAsync(RunSettings settings, RetryPolicy retry, CancellationToken cancellation)
    {
        var dataset = datasets.Get(settings.Dataset);
        SearchedClassCount(dataset, settings);
        if (DatasetListing.HasTestAlone(dataset.Layout))
            throw RefusedException.Invalid(
                $"Dataset '{dataset.Name}' has test images alone, so no run can search on it; 'ipo bench cross-dataset --datasets "
                    + $"{dataset.Name}' tests on it what was found on another.");
        try { await providers.FindProposersAsync(settings.Proposer, retry, cancellation); }
        catch (RefusedException away) when (away.Code is StatusCode.Unavailable or StatusCode.DeadlineExceeded) { return; }
    }

    /// <summary>What a run would be prepared with, without encoding an image.</summary>
    /// <exception cref="RefusedException">The run could not start; the message says what to do.</exception>
    public async Task<RunPrepared> ForecastAsync(RunSettings settings, RetryPolicy retry, CancellationToken cancellation)
    {
        var dataset = datasets.Get(settings.Dataset);
        var model = await scorer.GetModelAsync(retry, cancellation);
        var proposers = await providers.FindProposersAsync(settings.Proposer, retry, cancellation);
        var captioner = ImagesToDescribe.AreNeeded(settings, proposers)
            ? await providers.GetCaptionerAsync(retry, cancellation)
            : null;
        var searched = SearchedClassCount(dataset, settings);
        var images = Choose(dataset, settings, searched, rejected.Reasons(model.PreprocessingVersion));
        return Prepared(dataset, searched, images, model, proposers, captioner);
    }

    /// <summary>Checks that nothing the run was prepared with is another by now.</summary>
    /// <returns>The dataset.</returns>
    /// <exception cref="RefusedException">Something is; going on would mix facts.</exception>
    public async Task<Dataset> ConfirmAsync(RunState run, RunPrepared prepared, RetryPolicy retry, CancellationToken cancellation)
    {
        var dataset = datasets.Find(run.Settings.Dataset, prepared.DatasetDigest);
        var current = datasets.Get(run.Settings.Dataset);
        if (dataset is null || current.Digest != prepared.DatasetDigest)
            throw RefusedException.Forbidden(
                $"Dataset '{run.Settings.Dataset}' has changed since the run was prepared (digest {prepared.DatasetDigest[..12]}, now "
                    + $"{current.Digest[..12]}). Put its files back and register it again, or start a new run.");
        Confirm(prepared, await scorer.GetModelAsync(retry, cancellation));
        if (run.Ended is not null) return dataset;

        foreach (var before in prepared.Proposers)
            if (await providers.FindProposerAsync(before.Name, retry, cancellation) is var proposer && proposer.Model != before.Model)
                throw RefusedException.Forbidden(
                    $"Proposer '{proposer.Name}' now answers with {proposer.Model}, and the run was prepared with {before.Model}. "
                        + "Configure that model again, or start a new run.");
        if (prepared.Captioner is { } captioner && await providers.GetCaptionerAsync(retry, cancellation) is var now
            && (now.Name, now.Model) != (captioner.Name, captioner.Model))
            throw RefusedException.Forbidden(
                $"The captioner is now {now.Name} ({now.Model}), and the run was prepared with {captioner.Name} ({captioner.Model}). "
                    + "Configure that one again, or start a new run.");
        return dataset;
    }

    /// <summary>Checks that the scorer scores as it did when the run was prepared.</summary>
    /// <exception cref="RefusedException">It has another checkpoint or computes otherwise.</exception>
    public static void Confirm(RunPrepared prepared, V1.Model model)
    {
        var now = Facts(model);
        if (now != prepared.Model)
            throw RefusedException.CheckpointChanged(
                now.Digest, prepared.Model.Digest,
                $"{ScorerClient.Service} now runs {Describe(now)}, and the run was prepared with {Describe(prepared.Model)}. Start it "
                    + "with that again, or "
                    + "start a new run.");
    }

    /// <summary>The facts of a checkpoint that decide scores.</summary>
    public static ModelFacts Facts(V1.Model model) =>
        new(
            model.Name, model.Digest, model.ExecutionProvider, model.Precision, model.PreprocessingVersion, model.LogitScale,
            model.Probability == V1.ZeroShotProbability.Sigmoid ? ZeroShotProbability.Sigmoid : ZeroShotProbability.Softmax);

    private async Task<(IReadOnlyList<SearchImage> Images, EmbeddedImages Embedded)> ChooseAsync(
        ActiveRun run, Dataset dataset, int searched, string preprocessingVersion)
    {
        var settings = run.State.Settings;
        var files = new ImageFiles(dataset);
        var encoded = 0;
        while (true)
        {
            var unusable = rejected.Reasons(preprocessingVersion);
            var images = Choose(dataset, settings, searched, unusable);
            if (Enumerable.Range(0, searched).Except(images.Select(image => image.Label)).ToList() is { Count: > 0 } empty)
                throw RefusedException.Forbidden(
                    $"Dataset '{dataset.Name}': {ScorerClient.Service} can read no training image of the class "
                        + $"'{dataset.ClassNames[empty[0]]}' "
                        + $"({Reason(dataset, empty[0], unusable)}). Replace the files and register the dataset again.");

            run.Report("encoding images");
            var embedded = await scorer.EmbedAsync(
                [.. images.Select(image => dataset.TrainingImage(image.Sha256))], files, run.Retry, run.ReportProgress, run.Free);
            // Encoded in an earlier round of this preparation is not cached.
            encoded += embedded.Encoded;
            if (embedded.Rejected.Count == 0) return (images, new(images.Count - encoded, encoded, embedded.Rejected));
            rejected.Save(preprocessingVersion, embedded.Rejected);
        }
    }

    private static IReadOnlyList<SearchImage> Choose(
        Dataset dataset, RunSettings settings, int searched, IReadOnlyDictionary<string, string> unusable)
    {
        if (!settings.CoopShots)
            return FewShot.Choose(
                dataset.Of(DatasetSplit.Train).Where(image => image.Label < searched && !unusable.ContainsKey(image.Sha256))
                    .Select(image => new SearchImage(image.Sha256, image.Label)),
                settings.Shots, settings.Seed);
        // A list is taken whole or not at all: with another image in it, it would not be CoOp's.
        var images = CoopShots.Read(dataset, settings, searched);
        return images.FirstOrDefault(image => unusable.ContainsKey(image.Sha256)) is not { } unread ? images
            : throw RefusedException.Forbidden(
                $"CoOp's list {CoopShots.PathOf(settings)} of dataset '{dataset.Name}' has '{dataset.TrainingImage(unread.Sha256).Path}', "
                    + $"which {ScorerClient.Service} cannot read ({unusable[unread.Sha256]}). Replace the file and register the dataset "
                    + "again, or leave coop_shots out.");
    }

    private static string Reason(Dataset dataset, int label, IReadOnlyDictionary<string, string> unusable) =>
        dataset.Images.Where(image => image.Label == label).Select(image => unusable.GetValueOrDefault(image.Sha256))
            .FirstOrDefault(reason => reason is not null) ?? "none is left";

    // Scored templates are longer than the baseline, but a name that does not even fit into it can never be scored; nor can
    // two names be told apart that the checkpoint's tokenizer reads as one. Registration knows no checkpoint, and has dealt
    // with names that differ in their case alone.
    private async Task RefuseNamesAsync(Dataset dataset, RetryPolicy retry, CancellationToken cancellation)
    {
        string[] prompts = [.. dataset.ClassNames.Select(PromptTemplate.Baseline.For)];
        var (refusal, tokens) = await scorer.CheckAsync(prompts, retry, cancellation);
        if (refusal is not null)
            throw RefusedException.Invalid(
                $"A class name of dataset '{dataset.Name}' does not fit into '{PromptTemplate.Baseline.Text}': {refusal} Shorten it and "
                    + "register the dataset again.");
        if (tokens.Count != prompts.Length)
            throw RefusedException.Forbidden(
                $"{ScorerClient.Service} gave tokens of {tokens.Count} of {prompts.Length} texts; it and this orchestrator are of "
                    + "different versions.");
        var twins = dataset.ClassNames.Zip(tokens).GroupBy(pair => pair.Second, pair => pair.First)
            .Select(same => same.DistinctBy(name => name.ToLowerInvariant()).ToList()).FirstOrDefault(names => names.Count > 1);
        if (twins is not null)
            throw RefusedException.Invalid(
                $"Dataset '{dataset.Name}': the checkpoint's tokenizer reads the class names '{twins[0]}' and '{twins[1]}' as one text, "
                    + "so no prompt can tell them apart. Rename one and register the dataset again.");
    }

    private static string Describe(ModelFacts model) =>
        $"{model.Name} {RunCheckpoint.Prefix(model.Digest)} ({model.ExecutionProvider}, {model.Precision}, pixels "
            + $"{model.PreprocessingVersion})";
}
