using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Optimization.Report;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Evaluation;

/// <summary>Scores templates that a person gives, outside of any run.</summary>
internal sealed class Evaluator(
    DatasetStore datasets, RejectedImages rejected, TestAccessLog access, RunStore store, ScorerClient scorer, TimeProvider clock)
{
    private const int MostPromptSets = 1024; // the contract's limit

    /// <summary>Scores templates on a split; images that the scorer cannot read are left out.</summary>
    /// <param name="request">The templates and where to score them.</param>
    /// <param name="encoded">Told how many images are encoded, and of how many; null for nobody.</param>
    /// <param name="look">Names the look at test images, so that the same one is counted once; null for one of its
    /// own.</param>
    public async Task<V1.EvaluateTemplatesResponse> EvaluateAsync(
        V1.EvaluateTemplatesRequest request, CancellationToken cancellation, Action<long, long>? encoded = null, string? look = null)
    {
        if (request.Dataset.Length == 0) throw RefusedException.InvalidField("dataset", "is empty; give the name of a registered dataset.");
        if (request.PromptSets.Count is 0 or > MostPromptSets)
            throw RefusedException.InvalidField("prompt_sets", $"has {request.PromptSets.Count} entries; give 1 to {MostPromptSets}.");
        if (request.Shots < 0)
            throw RefusedException.InvalidField("shots", $"is {request.Shots}; give 1 or more images per class, or 0 for all.");
        var split = Read(request.Split);
        var dataset = datasets.Get(request.Dataset);
        if (split == DatasetSplit.Test) await RefuseSealedAsync(dataset, cancellation);
        var retry = RetryPolicy.ForRequest(clock);
        var model = await scorer.GetModelAsync(retry, cancellation);

        var set = Choose(dataset, split, request);
        var images = new ImagePart(scorer, rejected, dataset, set, model.PreprocessingVersion, $"evaluation by {Tenant.Caller}");
        var all = set.Images.Count;
        await images.EncodeAsync("these images", retry, share => encoded?.Invoke((long)(share * all), all), cancellation);
        encoded?.Invoke(all, all); // also where none had to be encoded

        var response = new V1.EvaluateTemplatesResponse { Model = model };
        response.ClassNames.AddRange(set.ClassNames);
        response.Results.AddRange(await ScoreAsync(images, dataset, request, look, retry, cancellation));
        return response;
    }

    // One that is not given stands for none: test images are opened only for those who mean to.
    private static DatasetSplit Read(V1.Split split) => split switch
    {
        V1.Split.Train => DatasetSplit.Train,
        V1.Split.Validation => DatasetSplit.Validation,
        V1.Split.Test => DatasetSplit.Test,
        V1.Split.Unspecified => throw RefusedException.InvalidField("split", "is missing; it takes train, validation or test."),
        _ => throw RefusedException.InvalidField("split", $"is {(int)split}; it takes train, validation or test."),
    };

    // What a person sees here could guide settings of a run that is not final, and its test would be none. A run that
    // failed seals nothing: should it be resumed, its report counts this look.
    private async Task RefuseSealedAsync(Dataset dataset, CancellationToken cancellation)
    {
        var sealing = (await store.ListAsync(cancellation)).FirstOrDefault(run =>
            run is { Settings.WinnerRule: WinnerRule.HeldOut, IsRunning: true }
            && (run.Prepared is { } prepared
                ? prepared.DatasetDigest == dataset.Digest // by whatever name
                : datasets.Find(run.Settings.Dataset, dataset.Digest) is not null));
        if (sealing is not null)
            throw RefusedException.Sealed(
                sealing.RunId, $"The test images of '{dataset.Name}' are sealed while run '{sealing.RunId}' is unfinished. "
                    + "Wait for it, finish it or cancel it; the validation split is open.");
    }

    private async Task<IReadOnlyList<V1.EvaluatedTemplate>> ScoreAsync(
        ImagePart images, Dataset dataset, V1.EvaluateTemplatesRequest request, string? look, RetryPolicy retry,
        CancellationToken cancellation)
    {
        var results = new List<V1.EvaluatedTemplate>();
        var scorable = new List<(V1.EvaluatedTemplate Result, PromptSet Set)>();
        foreach (var asked in request.PromptSets)
        {
            var result = new V1.EvaluatedTemplate { PromptSet = asked };
            results.Add(result);
            if (PromptSetMapping.TryRead(asked, out var prompts, out var refusal)) scorable.Add((result, prompts));
            else result.Refusal = refusal.Message;
        }
        if (scorable.Count == 0) return results;

        // Nobody saw anything where a request ends before this. Kept before there are scores: what may have been seen
        // counts.
        if (request.Split == V1.Split.Test)
        {
            await RefuseSealedAsync(dataset, cancellation); // a run may have begun while images were encoded
            access.Record(dataset.Digest, look ?? TestAccessLog.ByHand());
        }
        var scores = await images.ScoreAsync(
            [.. scorable.Select(one => one.Set)], outcomes: false, retry, cancellation);
        foreach (var ((result, _), scored) in scorable.Zip(scores))
        {
            if (scored.ResultCase != V1.ScoreTemplatesResponse.ResultOneofCase.Score)
            {
                result.Refusal = scored.Refusal;
                continue;
            }
            result.Score = OutcomeMapping.Of(
                PartScore.Of(scored.Score.Accuracy, scored.Score.Loss, scored.Score.ClassImages, scored.Score.ClassCorrect));
            result.Repaired.AddRange(scored.Score.Repaired);
        }
        return results;
    }

    private static LabelledImages Choose(Dataset dataset, DatasetSplit split, V1.EvaluateTemplatesRequest request)
    {
        var searched = BaseNovel.SearchedClasses(dataset.ClassNames.Count, ClassSelection.Base);
        var images = dataset.Of(split);
        var set = request.Classes switch
        {
            V1.EvaluatedClasses.All => new LabelledImages([.. images], dataset.ClassNames),
            V1.EvaluatedClasses.Base => new([.. images.Where(image => image.Label < searched)], [.. dataset.ClassNames.Take(searched)]),
            V1.EvaluatedClasses.Novel => LabelledImages.Novel(images, dataset.ClassNames, searched),
            V1.EvaluatedClasses.Unspecified =>
                throw RefusedException.InvalidField("classes", "is missing; it takes all, base or novel."),
            _ => throw RefusedException.InvalidField("classes", $"is {(int)request.Classes}; it takes all, base or novel."),
        };
        if (set.ClassNames.Count < 2)
            throw RefusedException.Forbidden(
                $"Dataset '{dataset.Name}' has only {set.ClassNames.Count} {request.Classes} class; at least two are needed to tell "
                    + "apart.");
        if (set.Images.Count == 0)
            throw RefusedException.Forbidden($"Dataset '{dataset.Name}' has no {split} images of these classes; choose another split.");

        var chosen = FewShot.Choose(set.Images.Select(image => new SearchImage(image.Sha256, image.Label)), request.Shots, request.Seed)
            .Select(image => image.Sha256).ToHashSet();
        return set with { Images = [.. set.Images.Where(image => chosen.Contains(image.Sha256))] };
    }
}
