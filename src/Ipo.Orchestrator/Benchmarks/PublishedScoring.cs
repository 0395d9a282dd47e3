using Ipo.Optimization.Benchmarks;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>Scores published prompts and compares them with what is printed beside them.</summary>
internal sealed class PublishedScoring(DatasetStore datasets, TransferScoring transfer, ScorerClient scorer, TimeProvider clock)
{
    /// <summary>Compares every row for which a dataset is given.</summary>
    /// <param name="csv">The file's text.</param>
    /// <param name="names">Names of registered datasets.</param>
    /// <param name="tell">Told what is being done.</param>
    /// <exception cref="RefusedException">The file is none, or a dataset is not registered.</exception>
    public async Task<ComparedPrompts> CompareAsync(
        string csv, IReadOnlyList<string> names, Action<ScoringProgress> tell, CancellationToken cancellation)
    {
        var prompts = PublishedFile.Read(csv);
        var given = names.Distinct().Select(datasets.Get).ToList();
        var model = BenchMapping.Read(await scorer.GetModelAsync(RetryPolicy.ForRequest(clock), cancellation));

        var compared = new List<PublishedDifference>();
        var leftOut = new List<LeftOutPrompt>();
        foreach (var ofDataset in prompts.GroupBy(prompt => prompt.Dataset))
        {
            if (given.FirstOrDefault(dataset => Is(dataset, ofDataset.Key)) is not { } dataset)
            {
                var reason = given.Where(other => BenchDatasets.Namesake(other) is { } paper && paper == PaperDataset.Find(ofDataset.Key))
                    .Select(BenchDatasets.WhyNotThePapers).FirstOrDefault()
                    ?? $"The dataset {ofDataset.Key} is not here.";
                leftOut.AddRange(ofDataset.Select(prompt => new LeftOutPrompt(prompt, reason)));
                continue;
            }
            string[] templates = [.. ofDataset.Select(prompt => prompt.Prompt)];
            var onBase = await transfer.ScoreAsync(dataset.Name, TestClasses.Base, templates, tell, cancellation);
            var onNovel = await transfer.ScoreAsync(dataset.Name, TestClasses.Novel, templates, tell, cancellation);
            foreach (var prompt in ofDataset)
            {
                if (!onBase.Accuracies.TryGetValue(prompt.Prompt, out var accuracy))
                    leftOut.Add(new(prompt, onBase.ReasonOf(prompt.Prompt)));
                else if (!onNovel.Accuracies.TryGetValue(prompt.Prompt, out var novel))
                    leftOut.Add(new(prompt, onNovel.ReasonOf(prompt.Prompt)));
                else compared.Add(new(prompt, new(accuracy, novel)));
            }
        }
        return new(model, [.. compared.OrderBy(row => row.Published.Line)], [.. leftOut.OrderBy(row => row.Prompt.Line)]);
    }

    private static bool Is(Dataset dataset, string name) =>
        PaperDataset.Find(name) is { } paper ? BenchDatasets.PaperDatasetOf(dataset) == paper : PaperDataset.IsCalled(dataset.Name, name);
}

/// <summary>Published prompts beside what was measured here.</summary>
/// <param name="Model">The checkpoint that scored.</param>
/// <param name="Rows">The prompts that were scored, in the file's order.</param>
/// <param name="LeftOut">Those that were not.</param>
internal sealed record ComparedPrompts(
    Checkpoint Model, IReadOnlyList<PublishedDifference> Rows, IReadOnlyList<LeftOutPrompt> LeftOut)
{
    /// <summary>How far the prompts lie from their printed values; empty where none was scored.</summary>
    public IReadOnlyList<DifferenceSummary> Summaries => Rows.Count == 0 ? [] : DifferenceSummary.Of(Rows);

    /// <summary>What a reader must know, one sentence each.</summary>
    public IReadOnlyList<string> Notes =>
        [Model.Note, "H is the harmonic mean of the two accuracies before it, in print as here."];
}

/// <summary>A published prompt that was not compared.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Reason">Why, as one sentence.</param>
internal sealed record LeftOutPrompt(PublishedPrompt Prompt, string Reason);
