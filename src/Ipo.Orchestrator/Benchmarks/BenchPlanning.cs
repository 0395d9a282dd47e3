using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ipo.Optimization.Benchmarks;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Estimates;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>Turns a benchmark into runs. A run's id holds the digest of all that decides its result, so the same
/// benchmark has the same runs at any later time, and one with another checkpoint, image or setting has
/// others.</summary>
internal sealed class BenchPlanning(DatasetStore datasets, ScorerClient scorer, ProviderClient providers, TimeProvider clock)
{
    private const int DatasetCharacters = 20; // of the 64 that an id may have

    /// <exception cref="RefusedException">There can be no such benchmark.</exception>
    public async Task<PlannedBench> PlanAsync(AskedBench asked, CancellationToken cancellation)
    {
        var bench = asked.Bench;
        if (bench.FirstError() is { } error) throw RefusedException.InvalidIn("bench", error);
        var named = bench.Datasets.Append(bench.Source).Where(name => name.Length > 0).ToDictionary(name => name, datasets.Get);
        var settings = bench.Cells.Select(asked.SettingsOf).ToList();
        if (settings.Select(SettingsRules.FirstError).FirstOrDefault(wrong => wrong is not null) is { } first)
            throw RefusedException.InvalidIn("bench.settings", first);

        var retry = RetryPolicy.ForRequest(clock);
        var model = BenchMapping.Read(await scorer.GetModelAsync(retry, cancellation));
        // They are the same in many cells, so each is asked once.
        var proposers = new Dictionary<string, IReadOnlyList<ProviderFacts>>();
        foreach (var proposer in settings.Select(one => one.Proposer).Distinct())
            proposers[proposer] = await providers.FindProposersAsync(proposer, retry, cancellation);
        bool IsDescribed(RunSettings one) => ImagesToDescribe.AreNeeded(one, proposers[one.Proposer]);
        var captioner = settings.Exists(IsDescribed) ? await providers.GetCaptionerAsync(retry, cancellation) : null;
        if (Twins(bench, settings) is { } twins) throw RefusedException.InvalidField("bench.variants", twins);
        return new(bench, named, model, [.. bench.Cells.Zip(settings, (cell, own) =>
        {
            var made = new BenchProviders(proposers[own.Proposer], IsDescribed(own) ? captioner : null);
            return new PlannedRun(cell, Id(bench.Protocol, cell, Key(own, named[cell.Dataset], model.Facts, made)), own, made);
        })]);
    }

    /// <summary>What the ids of all runs begin with that a benchmark of a protocol makes on a dataset.</summary>
    public static string IdPrefix(BenchProtocol protocol, string dataset)
    {
        var name = protocol switch { BenchProtocol.BaseToNovel => "b2n", BenchProtocol.CrossDataset => "cross", _ => "few" };
        var plain =
            string.Concat(dataset.Take(DatasetCharacters).Select(character => char.IsAsciiLetterOrDigit(character) ? character : '-'));
        return $"bench-{name}-{plain}-";
    }

    /// <summary>What its reader must know before hours are spent.</summary>
    public static IEnumerable<string> Warnings(PlannedBench plan)
    {
        if (!plan.Model.IsPapers) yield return plan.Model.Note;
        foreach (var note in NotThePapers(plan)) yield return note;
        if (plan.Runs.Select(run => TooFewSteps.In(run.Settings)).OfType<TooFewSteps>().FirstOrDefault() is { } few)
            yield return RunWarningSentences.Of(few);
    }

    /// <summary>Where the paper has no figures to set beside, one sentence each.</summary>
    public static IEnumerable<string> NotThePapers(PlannedBench plan)
    {
        if (plan.PaperTables.Count == 0)
            yield return plan.Bench switch
            {
                { Protocol: BenchProtocol.FewShot } => "The paper prints no table of this protocol.",
                { Protocol: BenchProtocol.CrossDataset } => "The paper prints no table with this source; its Table 9 searches on ImageNet.",
                var bench => $"The paper prints no table of this protocol at {string.Join(" and ", bench.Shots)} shots; it has 1 "
                    + "(Table 6), 16 (Table 8) and both (Table 7).",
            };
        else if (plan.Bench.Varied.Count > 0 && PaperTable.ForVaried(plan.Bench, plan.IsOnImageNet).Count == 0)
            yield return $"The paper prints no table over {string.Join(" and ", plan.Bench.Varied)} by this protocol.";
        foreach (var dataset in plan.Datasets.Values)
            if (BenchDatasets.WhyNotThePapers(dataset) is { } why) yield return why;
    }

    // They would be one run, and two columns.
    private static string? Twins(Bench bench, List<RunSettings> settings) =>
        bench.Cells.Zip(settings).GroupBy(pair => pair.Second).FirstOrDefault(same => same.Count() > 1) is { } twins
            ? $"has {string.Join(" and ", twins.Select(pair => $"'{bench.Variants[pair.First.Variant].Label}'"))}, which are the same "
                + "settings; give one of them."
            : null;

    private static string Key(
        RunSettings settings, Dataset dataset, ModelFacts model, BenchProviders made)
    {
        string[] parts =
        [
            JsonSerializer.Serialize(settings), dataset.Digest, dataset.HandWrittenTemplate ?? "",
            .. settings.CoopShots ? [CoopShots.Digest(dataset, settings)] : (string[])[], model.Digest, model.Precision,
            model.PreprocessingVersion,
            .. made.Proposers.Append(made.Captioner).Select(provider => provider is null ? "" : $"{provider.Name} {provider.Model}"),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..12];
    }

    private static string Id(BenchProtocol protocol, BenchCell cell, string key) => IdPrefix(protocol, cell.Dataset) + key;
}

/// <summary>A benchmark as somebody asks for it.</summary>
/// <param name="Bench">The benchmark.</param>
/// <param name="SettingsOf">The settings of each of its runs.</param>
internal sealed record AskedBench(Bench Bench, Func<BenchCell, RunSettings> SettingsOf);

/// <summary>A benchmark with its runs.</summary>
/// <param name="Bench">The benchmark.</param>
/// <param name="Datasets">Its registered datasets by name, the source among them.</param>
/// <param name="Model">The checkpoint.</param>
/// <param name="Runs">Its runs, in order.</param>
internal sealed record PlannedBench(
    Bench Bench, IReadOnlyDictionary<string, Dataset> Datasets, Checkpoint Model, IReadOnlyList<PlannedRun> Runs)
{
    /// <summary>Whether ImageNet is its only dataset.</summary>
    public bool IsOnImageNet => Datasets.Count == 1 && PaperName(Datasets.Keys.Single()) == ImageNet;

    /// <summary>The paper's tables beside it: those that vary the same, else that of the protocol; none for a source other
    /// than ImageNet.</summary>
    public IReadOnlyList<PaperTable> PaperTables
    {
        get
        {
            if (Bench.Source.Length > 0 && PaperName(Bench.Source) != ImageNet) return [];
            if (PaperTable.ForVaried(Bench, IsOnImageNet) is { Count: > 0 } varied) return varied;
            return Bench.Shots is [var shots] && PaperTable.For(Bench.Protocol, shots) is { } table ? [table] : [];
        }
    }

    private const string ImageNet = "ImageNet";

    /// <summary>What tables call a dataset.</summary>
    public string Title(string dataset) => PaperName(dataset) ?? dataset;

    /// <summary>A dataset's name in the paper's tables; null where it is in none.</summary>
    public string? PaperName(string dataset) => BenchDatasets.PaperDatasetOf(Datasets[dataset])?.Name;
}

/// <summary>A run of a benchmark.</summary>
/// <param name="Cell">What it is of.</param>
/// <param name="RunId">Its id.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Providers">Who proposes and describes.</param>
internal sealed record PlannedRun(BenchCell Cell, string RunId, RunSettings Settings, BenchProviders Providers);

/// <summary>Who proposes and who describes in a run.</summary>
/// <param name="Proposers">The proposers.</param>
/// <param name="Captioner">The captioner; null where nothing is described.</param>
internal sealed record BenchProviders(IReadOnlyList<ProviderFacts> Proposers, ProviderFacts? Captioner)
{
    /// <summary>The proposers in words.</summary>
    public string ProposersText => string.Join(", ", Proposers.Select(Text));

    /// <summary>The captioner in words; empty for none. The embedded one looks through the scorer's checkpoint and has its
    /// name, which says nothing beside that.</summary>
    public string CaptionerText(string checkpoint) =>
        Captioner is null ? "" : Captioner.Model == checkpoint ? Captioner.Name : Text(Captioner);

    private static string Text(ProviderFacts facts) =>
        facts.Model.Length == 0 || facts.Model == facts.Name ? facts.Name : $"{facts.Name} ({facts.Model})";
}
