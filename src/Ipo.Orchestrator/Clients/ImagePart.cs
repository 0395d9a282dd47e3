using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Clients;

/// <summary>The images of a part of a dataset at the scorer: encoded, put as a set under its digest, and templates
/// scored on them.</summary>
/// <param name="scorer">The scorer.</param>
/// <param name="rejected">Where images that it cannot read are kept.</param>
/// <param name="dataset">The dataset.</param>
/// <param name="images">The images.</param>
/// <param name="preprocessingVersion">Version of the scorer's pixel pipeline.</param>
/// <param name="beforePut">Called before the set is put, for instance to check that the scorer is still the
/// same.</param>
internal sealed class ImagePart(
    ScorerClient scorer, RejectedImages rejected, Dataset dataset, LabelledImages images, string preprocessingVersion,
    Func<CancellationToken, Task>? beforePut = null)
{
    // One put more after each refusal: calls go round robin, and with as many puts as replicas every one has the set.
    private const int MostRefusals = 32;

    private readonly ImageFiles _files = new(dataset);
    private string? _digest;

    /// <summary>The images that the scorer can read, as far as is known, and their classes.</summary>
    public LabelledImages Images { get; private set; } = images;

    /// <summary>Makes the scorer know the images. Those that it cannot read are left out from now on, and their reasons
    /// saved.</summary>
    /// <param name="what">What they are, for messages, for instance "the validation images".</param>
    /// <exception cref="RefusedException">It can read none of them.</exception>
    public async Task EncodeAsync(string what, RetryPolicy retry, Action<double> done, CancellationToken cancellation)
    {
        var embedded = await scorer.EmbedAsync(Images.Images, _files, retry, done, cancellation);
        rejected.Save(preprocessingVersion, embedded.Rejected);
        Images = Images with { Images = [.. Images.Images.Where(image => !embedded.Rejected.ContainsKey(image.Sha256))] };
        if (Images.Images.Count == 0)
            throw RefusedException.Forbidden(
                $"{scorer.Name} can read none of {what} ({embedded.Rejected.Values.FirstOrDefault() ?? "there are none"}). "
                    + "Replace the files and register the dataset again.");
    }

    /// <summary>Scores templates. The set is put at the first use, and again wherever a scorer does not know
    /// it.</summary>
    /// <returns>One result per prompt set, in their order.</returns>
    public async Task<IReadOnlyList<V1.ScoreTemplatesResponse>> ScoreAsync(
        IReadOnlyList<PromptSet> prompts, bool outcomes, RetryPolicy retry, Action<double> done, CancellationToken cancellation)
    {
        for (var refusals = 0; ; refusals++)
        {
            if (_digest is null || refusals > 0) await PutAsync(Math.Max(1, refusals), retry, cancellation);
            if (await scorer.ScoreAsync(_digest!, Images.ClassNames, prompts, outcomes, retry, done, cancellation) is { } results)
                return results;
            if (refusals == MostRefusals)
                throw RefusedException.Forbidden(
                    $"{scorer.Name} lost an image set right after it was sent; see its log.");
        }
    }

    /// <summary>Which images a set classifies rightly: '1' for each that it does, else '0'.</summary>
    /// <param name="score">Its score with outcomes, in the images' order.</param>
    public string Correct(V1.Score score) => score.Outcomes.Count == Images.Images.Count
        ? string.Concat(Images.Images.Zip(score.Outcomes, (image, outcome) => outcome.Predicted == image.Label ? '1' : '0'))
        : throw RefusedException.Forbidden(
            $"{scorer.Name} gave outcomes of {score.Outcomes.Count} of {Images.Images.Count} images; it and this orchestrator have "
                + "different versions; start both from one build.");

    private async Task PutAsync(int times, RetryPolicy retry, CancellationToken cancellation)
    {
        if (beforePut is not null) await beforePut(cancellation);
        for (var i = 0; i < times; i++) _digest = await scorer.PutAsync(Images, _files, retry, cancellation);
    }
}
