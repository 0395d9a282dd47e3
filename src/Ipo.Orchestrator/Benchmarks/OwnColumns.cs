using System.Globalization;
using Ipo.Optimization.Benchmarks;
using Ipo.Optimization.Facts;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>The columns of a benchmark's table that were measured here, and what they are called: by as much as tells
/// them apart.</summary>
internal sealed class OwnColumns
{
    private const string BaselineMethod = "baseline", HandWrittenMethod = "hand-written", FoundMethod = "found";

    private readonly PlannedBench _plan;
    private readonly List<FoundColumn> _found;
    private readonly List<BenchCheckpoint> _checkpoints;

    /// <summary>Names columns.</summary>
    /// <param name="plan">The benchmark, with what is there now.</param>
    /// <param name="earlier">Columns of winners that were made with something else.</param>
    public OwnColumns(PlannedBench plan, IEnumerable<FoundColumn> earlier)
    {
        _plan = plan;
        // What is there now goes first, among those of the same settings.
        var current = plan.Runs.Select(run => FoundColumn.Of(run.Cell, plan.Model.Facts, run.Providers)).Distinct().ToList();
        var before = earlier.Distinct().Except(current)
            .OrderBy(column => Text(column.Checkpoint), StringComparer.Ordinal).ThenBy(column => column.Proposers, StringComparer.Ordinal)
            .ThenBy(column => column.Captioner, StringComparer.Ordinal);
        var shots = plan.Bench.Shots.ToList();
        _found = [.. current.Concat(before).OrderBy(column => column.Variant).ThenBy(column => shots.IndexOf(column.Shots))];
        _checkpoints = [.. _found.Select(column => column.Checkpoint).Distinct()];
        var hasHandWritten = plan.Datasets.Values.Any(dataset => dataset.HandWrittenTemplate is not null);
        All =
        [
            .. _checkpoints.SelectMany(checkpoint => hasHandWritten
                ? (BenchColumn[])[Baseline(checkpoint), HandWritten(checkpoint)]
                : [Baseline(checkpoint)]),
            .. _found.Select(Found),
        ];
    }

    /// <summary>All of them, in the table's order.</summary>
    public IReadOnlyList<BenchColumn> All { get; }

    /// <summary>Whether there are more of winners than the protocol by itself has.</summary>
    public bool AreVaried => _found.Count > (_plan.Bench.Protocol == BenchProtocol.FewShot ? _plan.Bench.Shots.Count : 1);

    /// <summary>Whether they were made with several captioners.</summary>
    public bool HaveSeveralCaptioners => _found.GroupBy(column => column.Variant).Any(same => Captioners(same).Count() > 1);

    /// <summary>The column of the baseline on a checkpoint.</summary>
    public BenchColumn Baseline(BenchCheckpoint on) => new(BaselineMethod, null, on, Apart(on));

    /// <summary>The column of the datasets' own templates on a checkpoint.</summary>
    public BenchColumn HandWritten(BenchCheckpoint on) => new(HandWrittenMethod, null, on, Apart(on));

    /// <summary>The column of some runs' winners.</summary>
    public BenchColumn Found(FoundColumn column)
    {
        var bench = _plan.Bench;
        string[] method =
        [
            FoundMethod, bench.Variants[column.Variant].Label,
            bench.Protocol == BenchProtocol.FewShot || bench.Shots.Count > 1 ? Text(column.Shots) : "",
        ];
        var same = _found.Where(other => other.Variant == column.Variant).ToList();
        string[] apart =
        [
            Apart(column.Checkpoint), same.DistinctBy(other => other.Proposers).Count() > 1 ? column.Proposers : "",
            Captioners(same).Count() > 1 ? $"captioner {column.Captioner}" : "",
        ];
        return new(Joined(method), null, column.Checkpoint, Joined(apart));
    }

    /// <summary>A checkpoint in words.</summary>
    public static string Text(BenchCheckpoint checkpoint) =>
        $"{checkpoint.Name} {RunCheckpoint.Prefix(checkpoint.Digest)} ({checkpoint.Precision})";

    /// <summary>A number of shots in words.</summary>
    public static string Text(int shots) =>
        shots == 0 ? "all images" : string.Create(CultureInfo.InvariantCulture, $"{shots} {(shots == 1 ? "shot" : "shots")}");

    private string Apart(BenchCheckpoint checkpoint)
    {
        if (_checkpoints.Count == 1) return "";
        var twin = _checkpoints.Exists(other => other != checkpoint && Text(other) == Text(checkpoint));
        return Text(checkpoint) + (twin ? $", pixels {checkpoint.PreprocessingVersion}" : "");
    }

    private static IEnumerable<string> Captioners(IEnumerable<FoundColumn> columns) =>
        columns.Select(column => column.Captioner).Distinct();

    private static string Joined(string[] parts) => string.Join(", ", parts.Where(part => part.Length > 0));
}

/// <summary>What the winners of one column have in common.</summary>
/// <param name="Variant">Index of the benchmark's variant.</param>
/// <param name="Shots">Search images per class.</param>
/// <param name="Checkpoint">The checkpoint.</param>
/// <param name="Proposers">Who proposed, with models, in words.</param>
/// <param name="Captioner">Who described, with its model, in words; empty for nobody.</param>
internal sealed record FoundColumn(int Variant, int Shots, BenchCheckpoint Checkpoint, string Proposers, string Captioner)
{
    public static FoundColumn Of(BenchCell cell, ModelFacts model, BenchProviders providers) => new(
        cell.Variant, cell.Shots, new(model.Name, model.Digest, model.Precision, model.PreprocessingVersion),
        providers.ProposersText, providers.CaptionerText(model.Name));
}
