using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;
using Ipo.ServiceDefaults;

namespace Ipo.Orchestrator.Clients;

/// <summary>The images of a part of a dataset at the scorer: encoded, put as a set under its digest, and templates
/// scored on them.</summary>
/// <param name="scorer">The scorer.</param>
/// <param name="rejected">Where images that it cannot read are kept.</param>
/// <param name="dataset">The dataset.</param>
/// <param name="images">The images.</param>
/// <param name="preprocessingVersion">Version of the scorer's pixel pipeline.</param>
/// <param name="work">Whose places templates take at the scorer, among its tenant's works: for instance a run's id.</param>
/// <param name="confirm">Given the checkpoint of each replica that the set is put to, for instance to refuse another one.</param>
internal sealed class ImagePart(
    ScorerClient scorer, RejectedImages rejected, Dataset dataset, LabelledImages images, string preprocessingVersion, string work,
    Action<V1.Model>? confirm = null)
{
    // Each replica refuses a template until it has the set. One that refuses again forgets it at once.
    private const int MostRefusals = 32;

    private readonly ImageFiles _files = new(dataset);
    private readonly Dictionary<string, (Task Task, int Number)> _puts = []; // the latest, by replica
    private volatile int _begun;
    private volatile string? _digest;

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

    /// <summary>Scores templates, spread over the scorer's replicas. Each is given the set when it first lacks it.</summary>
    /// <returns>One result per prompt set, in their order.</returns>
    public async Task<IReadOnlyList<V1.ScoreTemplatesResponse>> ScoreAsync(
        IReadOnlyList<PromptSet> prompts, bool outcomes, RetryPolicy retry, CancellationToken cancellation) =>
        await scorer.Spread.DoAsync(
            prompts.Count, work, (number, choice, stop) => ScoreAsync(prompts[number], outcomes, choice, retry, stop), cancellation);

    private async Task<V1.ScoreTemplatesResponse> ScoreAsync(
        PromptSet prompts, bool outcomes, ReplicaChoice choice, RetryPolicy retry, CancellationToken cancellation)
    {
        for (var refusals = 0; ; refusals++)
        {
            var before = _begun;
            if (_digest is { } digest
                && await scorer.ScoreAsync(digest, Images.ClassNames, prompts, outcomes, choice, retry, cancellation) is { } result)
                return result;
            if (refusals == MostRefusals)
                throw RefusedException.Forbidden(
                    $"{scorer.Name} lost an image set right after it was sent; see its log.");
            choice.Preferred = choice.Taken;
            await PutAsync(choice.Taken, before, retry, cancellation);
        }
    }

    /// <summary>Which images a set classifies rightly: '1' for each that it does, else '0'.</summary>
    /// <param name="score">Its score with outcomes, in the images' order.</param>
    public string Correct(V1.Score score) => score.Outcomes.Count == Images.Images.Count
        ? string.Concat(Images.Images.Zip(score.Outcomes, (image, outcome) => outcome.Predicted == image.Label ? '1' : '0'))
        : throw RefusedException.Forbidden(
            $"{scorer.Name} gave outcomes of {score.Outcomes.Count} of {Images.Images.Count} images; it and this orchestrator have "
                + "different versions; start both from one build.");

    // Of several templates that a replica refused, the first brings it the set, and the others wait for that. Where it fails, they
    // will be refused again.
    private async Task PutAsync(string? replica, int before, RetryPolicy retry, CancellationToken cancellation)
    {
        Task? others = null, own = null;
        lock (_puts)
        {
            if (_puts.TryGetValue(replica ?? "", out var latest) && (latest.Number > before || !latest.Task.IsCompleted))
                others = latest.Task;
            else _puts[replica ?? ""] = (own = PutNowAsync(replica, retry, cancellation), ++_begun);
        }
        if (own is not null) await own;
        else await others!.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task PutNowAsync(string? replica, RetryPolicy retry, CancellationToken cancellation)
    {
        await Task.Yield(); // out of the lock
        _digest = await scorer.PutAsync(Images, _files, replica, confirm, retry, cancellation);
    }
}
