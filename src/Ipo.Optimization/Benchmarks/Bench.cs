using Ipo.Optimization.Settings;

namespace Ipo.Optimization.Benchmarks;

/// <summary>A protocol of the paper.</summary>
public enum BenchProtocol
{
    /// <summary>Search on base classes, test on base and novel classes of the same dataset (Tables 6 and 8).</summary>
    BaseToNovel,

    /// <summary>Search on all classes of one dataset, test on all classes of the others (Table 9).</summary>
    CrossDataset,

    /// <summary>Search on all classes with few images each, test on all classes (CoOp, section 4.1).</summary>
    FewShot,
}

/// <summary>What a benchmark is made of: one run for each dataset, number of shots and seed.</summary>
/// <param name="Protocol">The protocol.</param>
/// <param name="Datasets">Names of registered datasets, in the order of the table; with
/// <see cref="BenchProtocol.CrossDataset"/> the targets.</param>
/// <param name="Source">The dataset that is searched on with <see cref="BenchProtocol.CrossDataset"/>; else
/// empty.</param>
/// <param name="Seeds">Seeds of the runs.</param>
/// <param name="Shots">Search images per class; only <see cref="BenchProtocol.FewShot"/> takes several numbers.</param>
public sealed record Bench(
    BenchProtocol Protocol, IReadOnlyList<string> Datasets, string Source, IReadOnlyList<long> Seeds, IReadOnlyList<int> Shots)
{
    /// <summary>What its runs differ in besides shots and seeds, one or more; a single one without settings where they
    /// differ in nothing else.</summary>
    public IReadOnlyList<BenchVariant> Variants { get; init; } = [BenchVariant.None];

    private const int MostRuns = 10_000;

    /// <summary>The paper's mean is one of three seeds (paper.md, section 1).</summary>
    public static IReadOnlyList<long> DefaultSeeds { get; } = [1, 2, 3];

    /// <summary>Which classes its runs search on.</summary>
    public ClassSelection Classes => Protocol == BenchProtocol.BaseToNovel ? ClassSelection.Base : ClassSelection.All;

    /// <summary>Names of the settings that its variants differ in, sorted.</summary>
    public IReadOnlyList<string> Varied =>
        [.. Variants.SelectMany(variant => variant.Settings).Select(setting => setting.Name).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The shots of a protocol where nothing is said: Table 6 is the 1-shot one, the rows of CoOp and CoCoOp
    /// in Table 9 have
    /// 16 shots, and CoOp's few-shot curves run from 1 to 16.</summary>
    public static IReadOnlyList<int> DefaultShots(BenchProtocol protocol) => protocol switch
    {
        BenchProtocol.BaseToNovel => [1],
        BenchProtocol.CrossDataset => [16],
        _ => [1, 2, 4, 8, 16],
    };

    /// <summary>The runs, in the order in which they are made: a dataset's after each other, so that its images are
    /// encoded once.</summary>
    public IReadOnlyList<BenchCell> Cells =>
    [
        .. from dataset in Protocol == BenchProtocol.CrossDataset ? [Source] : Datasets
           from variant in Enumerable.Range(0, Variants.Count)
           from shots in Shots
           from seed in Seeds
           select new BenchCell(dataset, shots, seed, variant),
    ];

    /// <summary>What no benchmark can have, as a sentence that names the field; null where all is well.</summary>
    public string? FirstError()
    {
        (bool Wrong, string Message)[] rules =
        [
            (Datasets.Count == 0, "datasets is empty; give the name of a registered dataset."),
            (Datasets.Distinct().Count() < Datasets.Count, "datasets names one twice; give each once."),
            (Protocol == BenchProtocol.CrossDataset && Source.Length == 0,
                "source is empty; cross-dataset searches on one dataset and tests on the others."),
            (Protocol != BenchProtocol.CrossDataset && Source.Length > 0, $"source is '{Source}'; only cross-dataset has one."),
            (Protocol == BenchProtocol.CrossDataset && Datasets.Contains(Source),
                $"datasets names the source '{Source}'; give the targets alone."),
            (Seeds.Count == 0 || Seeds.Distinct().Count() < Seeds.Count, "seeds is empty or names one twice."),
            (Shots.Count == 0 || Shots.Distinct().Count() < Shots.Count, "shots is empty or names a number twice."),
            (Shots.Any(shots => shots < 0), $"shots is {string.Join(", ", Shots)}; give 1 or more images per class, or 0 for all."),
            (Protocol == BenchProtocol.CrossDataset && Shots.Count > 1,
                $"shots is {string.Join(", ", Shots)}; cross-dataset takes one number."),
            (Variants.Count == 0 || Variants.DistinctBy(variant => variant.Label).Count() < Variants.Count,
                "variants is empty or has one twice; give each once."),
            ((long)Math.Max(1, Datasets.Count) * Seeds.Count * Shots.Count * Variants.Count > MostRuns,
                $"datasets, variants, shots and seeds make more than {MostRuns} runs; give fewer."),
        ];
        return rules.FirstOrDefault(rule => rule.Wrong).Message;
    }
}

/// <summary>One run of a benchmark.</summary>
/// <param name="Dataset">The dataset that it searches on.</param>
/// <param name="Shots">Search images per class.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Variant">Index of its variant.</param>
public sealed record BenchCell(string Dataset, int Shots, long Seed, int Variant = 0);

/// <summary>Settings that some of a benchmark's runs have and others have not.</summary>
/// <param name="Settings">The settings; empty for those that all runs share.</param>
public sealed record BenchVariant(IReadOnlyList<VariedSetting> Settings)
{
    /// <summary>No settings of its own.</summary>
    public static BenchVariant None { get; } = new([]);

    /// <summary>It in words, for instance "memory 5, descriptions off"; empty without settings.</summary>
    public string Label => string.Join(", ", Settings.Select(setting => $"{setting.Name} {setting.Value}"));
}

/// <summary>A setting that a benchmark varies.</summary>
/// <param name="Name">Its option on the command line, without the hyphens in front: "memory".</param>
/// <param name="Value">Its value there, as it is written on the command line.</param>
public sealed record VariedSetting(string Name, string Value);
