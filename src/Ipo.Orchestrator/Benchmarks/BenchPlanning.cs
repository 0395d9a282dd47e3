using Ipo.Orchestrator.Errors;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ipo.Optimization.Benchmarks;
using Ipo.Optimization.Estimates;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Runs;
using Ipo.Orchestrator.Clients;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>Turns a benchmark into runs. A run's id holds the digest of all that decides its result, so the same benchmark has the same
/// runs at any later time, and one with another checkpoint, image or setting has others.</summary>
internal sealed class BenchPlanning(DatasetStore datasets, ScorerClient scorer, ProviderClient providers, TimeProvider clock)
{
    private const int DatasetCharacters = 20; // of the 64 that an id may have

    /// <exception cref="RefusedException">There can be no such benchmark.</exception>
    public async Task<PlannedBench> PlanAsync(V1.Bench? message, CancellationToken cancellation)
    {
        var bench = Read(message);
        if (bench.FirstError() is { } error) throw RefusedException.InvalidIn("bench", error);
        var shared = message!.Settings ?? new();
        if (shared.Dataset.Length > 0 || shared.HasSeed || shared.HasShots || shared.HasClasses)
            throw RefusedException.InvalidField("bench.settings", "holds a dataset, seed, shots or classes; these are the protocol's own.");
        var named = bench.Datasets.Append(bench.Source).Where(name => name.Length > 0).ToDictionary(name => name, datasets.Get);

        var retry = RetryPolicy.ForRequest(clock);
        var model = await scorer.GetModelAsync(retry, cancellation);
        var cells = new List<(BenchCell Cell, V1.RunSettings Wire, RunSettings Settings)>();
        foreach (var cell in bench.Cells)
        {
            var wire = shared.Clone();
            (wire.Dataset, wire.Seed, wire.Shots) = (cell.Dataset, cell.Seed, cell.Shots);
            wire.Classes = bench.Classes == ClassSelection.Base ? V1.ClassSelection.Base : V1.ClassSelection.All;
            var settings = SettingsMessages.Read(wire);
            if (SettingsRules.FirstError(settings) is { } wrong) throw RefusedException.InvalidIn("bench.settings", wrong);
            cells.Add((cell, wire, settings));
        }
        // What decides these is the same in every cell, so they are asked once.
        var proposers = await providers.FindProposersAsync(cells[0].Settings.Proposer, retry, cancellation);
        var captioner = cells.Any(cell => cell.Settings.NeedsCaptioner) ? await providers.GetCaptionerAsync(retry, cancellation) : null;
        return new(bench, named, model, [.. cells.Select(planned => new PlannedRun(
            planned.Cell, Id(bench.Protocol, planned.Cell, Key(planned.Settings, named[planned.Cell.Dataset], model, proposers, captioner)),
            planned.Wire, planned.Settings))]);
    }

    /// <summary>What its reader must know before hours are spent.</summary>
    public static IEnumerable<string> Warnings(PlannedBench plan)
    {
        if (!PaperCheckpoint.Is(plan.Model.Name, plan.Model.EmbeddingDimension, plan.Model.ImageSize)) yield return Note(plan.Model);
        foreach (var note in NotThePapers(plan)) yield return note;
        if (plan.Runs.Select(run => TooFewSteps.In(run.Settings)).OfType<TooFewSteps>().FirstOrDefault() is { } few)
            yield return RunWarningSentences.Of(few);
    }

    public static string Note(V1.Model model) => PaperCheckpoint.Note(model.Name, model.EmbeddingDimension, model.ImageSize);

    /// <summary>Where the paper has no figures to set beside, one sentence each.</summary>
    public static IEnumerable<string> NotThePapers(PlannedBench plan)
    {
        if (plan.PaperTable is null)
            yield return plan.Bench switch
            {
                { Protocol: BenchProtocol.FewShot } => "The paper prints no table of this protocol.",
                { Protocol: BenchProtocol.CrossDataset } => "The paper prints no table with this source; its Table 9 searches on ImageNet.",
                var bench => $"The paper prints no table of this protocol at {bench.Shots[0]} shots; it has 1 (Table 6) and 16 (Table 8).",
            };
        foreach (var dataset in plan.Datasets.Values)
            if (BenchDatasets.WhyNotThePapers(dataset) is { } why) yield return why;
    }

    private static Bench Read(V1.Bench? message)
    {
        var protocol = message?.Protocol switch
        {
            V1.BenchProtocol.BaseToNovel => BenchProtocol.BaseToNovel,
            V1.BenchProtocol.CrossDataset => BenchProtocol.CrossDataset,
            V1.BenchProtocol.FewShot => BenchProtocol.FewShot,
            _ => throw RefusedException.InvalidField("bench.protocol", "is missing; it takes base-to-novel, cross-dataset or few-shot."),
        };
        return new(protocol, [.. message.Datasets], message.Source,
            message.Seeds.Count > 0 ? [.. message.Seeds] : Bench.DefaultSeeds,
            message.Shots.Count > 0 ? [.. message.Shots] : Bench.DefaultShots(protocol));
    }

    private static string Key(
        RunSettings settings, Dataset dataset, V1.Model model, IReadOnlyList<ProviderFacts> proposers, ProviderFacts? captioner)
    {
        string[] parts =
        [
            JsonSerializer.Serialize(settings), dataset.Digest, dataset.HandWrittenTemplate ?? "", model.Digest, model.Precision,
            model.PreprocessingVersion,
            .. proposers.Append(captioner).Select(provider => provider is null ? "" : $"{provider.Name} {provider.Model}"),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..12];
    }

    private static string Id(BenchProtocol protocol, BenchCell cell, string key)
    {
        var name = protocol switch { BenchProtocol.BaseToNovel => "b2n", BenchProtocol.CrossDataset => "cross", _ => "few" };
        var dataset =
            string.Concat(cell.Dataset.Take(DatasetCharacters).Select(character => char.IsAsciiLetterOrDigit(character) ? character : '-'));
        return string.Create(CultureInfo.InvariantCulture, $"bench-{name}-{dataset}-{key}");
    }
}

/// <summary>A benchmark with its runs.</summary>
/// <param name="Bench">The benchmark.</param>
/// <param name="Datasets">Its registered datasets by name, the source among them.</param>
/// <param name="Model">The checkpoint.</param>
/// <param name="Runs">Its runs, in order.</param>
internal sealed record PlannedBench(
    Bench Bench, IReadOnlyDictionary<string, Dataset> Datasets, V1.Model Model, IReadOnlyList<PlannedRun> Runs)
{
    /// <summary>The paper's table beside it; null where there is none, as there is for no source but ImageNet.</summary>
    public PaperTable? PaperTable =>
        Bench.Source.Length == 0 || PaperName(Bench.Source) == "ImageNet" ? PaperTable.For(Bench.Protocol, Bench.Shots[0]) : null;

    /// <summary>What tables call a dataset.</summary>
    public string Title(string dataset) => PaperName(dataset) ?? dataset;

    /// <summary>A dataset's name in the paper's tables; null where it is in none.</summary>
    public string? PaperName(string dataset) => BenchDatasets.PaperDatasetOf(Datasets[dataset])?.Name;
}

/// <summary>A run of a benchmark.</summary>
/// <param name="Cell">What it is of.</param>
/// <param name="RunId">Its id.</param>
/// <param name="Message">Its settings as a caller sends them.</param>
/// <param name="Settings">The same with every value filled in.</param>
internal sealed record PlannedRun(BenchCell Cell, string RunId, V1.RunSettings Message, RunSettings Settings);
