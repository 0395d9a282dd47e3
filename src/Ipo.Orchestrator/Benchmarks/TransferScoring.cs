using System.Globalization;
using Grpc.Core;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Evaluation;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>Scores templates on test images of a dataset that they were not searched on.</summary>
internal sealed class TransferScoring(Evaluator evaluator)
{
    /// <summary>Scores templates. What forbids it for the whole dataset, for instance a sealed test, is the reason for
    /// all of them.</summary>
    /// <param name="dataset">Name of a registered dataset.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="templates">The templates; the same one may stand twice.</param>
    /// <param name="tell">Told what is being done.</param>
    public async Task<TransferScores> ScoreAsync(
        string dataset, TestClasses classes, IReadOnlyList<string> templates, Action<ScoringProgress> tell, CancellationToken cancellation)
    {
        var distinct = templates.Distinct().ToList();
        var what = string.Create(
            CultureInfo.InvariantCulture,
            $"{dataset}, {classes.ToString().ToLowerInvariant()} classes: {distinct.Count} "
                + $"{(distinct.Count == 1 ? "template" : "templates")}");
        tell(new(what, 0, 0));
        var told = -1L;
        try
        {
            var scored = await evaluator.EvaluateAsync(BenchMapping.Evaluation(dataset, classes, distinct), cancellation, (done, all) =>
            {
                // Batches report side by side; every hundredth is told once.
                if (done * 100 / all is var now && now > Volatile.Read(ref told) && Interlocked.Exchange(ref told, now) < now)
                    tell(new(what, done, all));
            });
            // The answer holds one result for each template, in order; a template's text comes back trimmed.
            var results = distinct.Zip(scored.Results).ToList();
            return new(
                results.Where(pair => pair.Second.Score is not null).ToDictionary(pair => pair.First, pair => pair.Second.Score.Accuracy),
                results.Where(pair => pair.Second.Score is null).ToDictionary(pair => pair.First, pair => pair.Second.Refusal), null);
        }
        catch (RefusedException refused) when (refused.Code == StatusCode.FailedPrecondition)
        {
            return new(new Dictionary<string, double>(), new Dictionary<string, string>(), refused.Message);
        }
    }
}

/// <summary>What is being scored, and how many of its images are encoded.</summary>
/// <param name="Doing">The dataset, its classes and templates, for a person.</param>
/// <param name="ImagesDone">Images whose embedding is there.</param>
/// <param name="Images">Images in all; 0 before any is looked at.</param>
internal sealed record ScoringProgress(string Doing, long ImagesDone, long Images);

/// <summary>Classes whose test images are scored.</summary>
internal enum TestClasses
{
    All,
    Base,
    Novel,
}

/// <summary>What templates scored, or why not.</summary>
/// <param name="Accuracies">Accuracies by template.</param>
/// <param name="Refusals">Why a template could not be scored, by template.</param>
/// <param name="Refusal">Why none could; null where some could.</param>
internal sealed record TransferScores(
    IReadOnlyDictionary<string, double> Accuracies, IReadOnlyDictionary<string, string> Refusals, string? Refusal)
{
    /// <summary>Why a template has no accuracy.</summary>
    public string ReasonOf(string template) => Refusal ?? Refusals[template];
}
