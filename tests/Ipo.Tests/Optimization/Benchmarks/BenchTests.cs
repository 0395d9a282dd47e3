using CsCheck;
using Ipo.Optimization.Benchmarks;
using Ipo.Optimization.Settings;
using Xunit;

namespace Ipo.Tests.Optimization.Benchmarks;

public sealed class BenchTests
{
    [Fact]
    public void A_protocol_has_a_run_for_each_dataset_number_of_shots_and_seed()
    {
        var bench = new Bench(BenchProtocol.FewShot, ["a", "b"], "", [1, 2], [1, 4]);
        Assert.Equal(
            [new("a", 1, 1), new("a", 1, 2), new("a", 4, 1), new("a", 4, 2), new("b", 1, 1), new("b", 1, 2), new("b", 4, 1),
                new BenchCell("b", 4, 2)], bench.Cells);
        Assert.Equal(
            [new BenchCell("s", 16, 7)],
            new Bench(BenchProtocol.CrossDataset, ["a", "b"], "s", [7], Bench.DefaultShots(BenchProtocol.CrossDataset)).Cells);
        Assert.Equal(
            (ClassSelection.Base, ClassSelection.All), (new Bench(BenchProtocol.BaseToNovel, ["a"], "", [1], [1]).Classes, bench.Classes));
    }

    [Fact]
    public void Without_a_word_a_protocol_has_the_papers_seeds_and_shots()
    {
        Assert.Equal([1, 2, 3], Bench.DefaultSeeds);
        Assert.Equal([1], Bench.DefaultShots(BenchProtocol.BaseToNovel));
        Assert.Equal([16], Bench.DefaultShots(BenchProtocol.CrossDataset));
        Assert.Equal([1, 2, 4, 8, 16], Bench.DefaultShots(BenchProtocol.FewShot));
    }

    [Theory]
    [InlineData(BenchProtocol.BaseToNovel, "", "", "1", "1", "datasets is empty")]
    [InlineData(BenchProtocol.BaseToNovel, "", "", "", "", "datasets is empty")]
    [InlineData(BenchProtocol.FewShot, "a", "", "1", "", "shots is empty or names a number twice")]
    [InlineData(BenchProtocol.FewShot, "a", "", "1", "2,-1", "shots is 2, -1; give 1 or more images per class")]
    [InlineData(BenchProtocol.CrossDataset, "a", "b", "1", "1,2", "shots is 1, 2; cross-dataset takes one number")]
    [InlineData(BenchProtocol.BaseToNovel, "a,a", "", "1", "1", "datasets names one twice")]
    [InlineData(BenchProtocol.CrossDataset, "a", "", "1", "1", "source is empty")]
    [InlineData(BenchProtocol.CrossDataset, "a,b", "b", "1", "1", "datasets names the source 'b'")]
    [InlineData(BenchProtocol.FewShot, "a", "b", "1", "1", "only cross-dataset has one")]
    [InlineData(BenchProtocol.BaseToNovel, "a", "", "1,1", "1", "seeds is empty or names one twice")]
    [InlineData(BenchProtocol.BaseToNovel, "a", "", "", "1", "seeds is empty or names one twice")]
    [InlineData(BenchProtocol.FewShot, "a", "", "1", "4,4", "shots is empty or names a number twice")]
    [InlineData(BenchProtocol.BaseToNovel, "a", "", "1", "-1", "shots is -1; give 1 or more images per class")]
    [InlineData(BenchProtocol.BaseToNovel, "a", "", "1", "1,2", null)]
    [InlineData(BenchProtocol.FewShot, "a", "", "1", "1,2", null)]
    [InlineData(BenchProtocol.CrossDataset, "a", "b", "1", "0", null)]
    public void What_no_benchmark_can_be_is_said_with_the_field(
        BenchProtocol protocol, string datasets, string source, string seeds, string shots, string? error)
    {
        static string[] List(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var found = new Bench(protocol, List(datasets), source, [.. List(seeds).Select(long.Parse)], [.. List(shots).Select(int.Parse)])
            .FirstError();
        if (error is null) Assert.Null(found);
        else Assert.Contains(error, found, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_varied_multiplies_the_runs_and_is_named_by_its_settings()
    {
        BenchVariant[] variants =
            [new([new("memory", "5"), new("descriptions", "off")]), new([new("memory", "20"), new("descriptions", "off")])];
        var bench = new Bench(BenchProtocol.BaseToNovel, ["a", "b"], "", [1, 2], [1]) { Variants = variants };
        Assert.Null(bench.FirstError());
        Assert.Equal(
            [new("a", 1, 1), new("a", 1, 2), new("a", 1, 1, 1), new("a", 1, 2, 1), new("b", 1, 1), new("b", 1, 2), new("b", 1, 1, 1),
                new BenchCell("b", 1, 2, 1)], bench.Cells);
        Assert.Equal(["descriptions", "memory"], bench.Varied);
        Assert.Equal("memory 5, descriptions off", variants[0].Label);
        const string Wrong = "variants is empty or has one twice; give each once.";
        Assert.Equal(Wrong, (bench with { Variants = [] }).FirstError());
        Assert.Equal(Wrong, (bench with { Variants = [variants[0], new([.. variants[0].Settings])] }).FirstError());
        long[] seeds = [.. Enumerable.Range(0, 2501).Select(seed => (long)seed)];
        Assert.Contains("more than 10000 runs", (bench with { Seeds = seeds }).FirstError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_runs_are_the_most()
    {
        long[] Seeds(int count) => [.. Enumerable.Range(0, count).Select(seed => (long)seed)];
        Assert.Null(new Bench(BenchProtocol.BaseToNovel, ["a", "b"], "", Seeds(5000), [1]).FirstError());
        Assert.Contains(
            "more than 10000 runs", new Bench(BenchProtocol.BaseToNovel, ["a", "b"], "", Seeds(5001), [1]).FirstError(),
            StringComparison.Ordinal);
        Assert.NotNull(new Bench(BenchProtocol.FewShot, ["a"], "", Seeds(5001), [1, 2]).FirstError());
        Assert.Null(new Bench(BenchProtocol.BaseToNovel, ["a"], "", Seeds(10_000), [1]).FirstError());
    }

    [Fact]
    public void A_cell_over_seeds_has_the_harmonic_mean_of_the_means_and_the_sample_deviation()
    {
        var figure = BenchFigure.OverSeeds([new(0.2, 0.9), new(0.4, 0.9), new(0.6, 0.9)]);
        Assert.Equal(0.4, figure.Accuracy, 12);
        Assert.Equal(0.2, figure.Deviation!.Value, 12); // of 2, 4 and 6: the square root of (4 + 0 + 4) / 2
        Assert.Equal(0, figure.NovelDeviation);
        Assert.Equal(2 * 0.4 * 0.9 / 1.3, figure.HarmonicMean!.Value, 12);
        Assert.Equal(3, figure.Runs);
        Assert.Equal(new BenchFigure(0.5, null, null), BenchFigure.OverSeeds([new(0.5)]));
        var mixed = Assert.Throws<ArgumentException>(() => BenchFigure.OverSeeds([new(0.5), new(0.5, 0.5)]));
        Assert.StartsWith("Some runs have novel classes and some have none.", mixed.Message, StringComparison.Ordinal);
        Assert.Equal(Math.Sqrt(0.02), BenchFigure.OverSeeds([new(0.5), new(0.7)]).Deviation!.Value, 12);
        Assert.Equal(0.0, BenchFigure.OverSeeds([new(0.1), new(0.1), new(0.1)]).Deviation); // whose mean is not 0.1 to the last bit
        Assert.Throws<ArgumentOutOfRangeException>(() => BenchFigure.OverSeeds([]));
    }

    [Fact]
    public void A_mean_lies_among_its_runs_and_does_not_depend_on_their_order() =>
        Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1]).Array[1, 8].Sample(pairs =>
        {
            var runs = pairs.Select(pair => new TestAccuracy(pair.Item1, pair.Item2)).ToList();
            var figure = BenchFigure.OverSeeds(runs);
            var turned = BenchFigure.OverSeeds([.. runs.AsEnumerable().Reverse()]);
            Assert.InRange(figure.Accuracy, runs.Min(run => run.Accuracy) - 1e-12, runs.Max(run => run.Accuracy) + 1e-12);
            Assert.Equal(figure.Accuracy, turned.Accuracy, 12);
            Assert.Equal(figure.HarmonicMean!.Value, turned.HarmonicMean!.Value, 12);
            Assert.Equal(runs.Count > 1, figure.Deviation is >= 0);
        });

    [Fact]
    public void The_mean_row_is_over_the_datasets_for_which_every_column_has_a_figure()
    {
        BenchColumn[] columns = [new("IPO", 6), new("found")];
        var table = BenchTable.Of(columns,
        [
            new("a", [new(0.2, 0.4, 0.3), new(0.3, 0.5, 0.4)], []), new("b", [null, new(0.9, 0.9, 0.9)], []),
            new("c", [new(0.4, 0.6, 0.5), new(0.5, 0.7, 0.6)], []),
        ]);
        var mean = table.Rows[^1];
        Assert.Equal(("mean of 2", "a,c"), (mean.Dataset, string.Join(',', mean.MeanOf)));
        Assert.Equal(0.3, mean.Figures[0]!.Accuracy, 12);
        Assert.Equal(0.4, mean.Figures[1]!.Accuracy, 12);
        Assert.Equal(2 * 0.3 * 0.5 / 0.8, mean.Figures[0]!.HarmonicMean!.Value, 12);
        Assert.Equal(3, BenchTable.Of(columns, [.. table.Rows.Take(3)], left: "c").Rows.Count); // one dataset is no mean
        var uneven = Assert.Throws<ArgumentException>(
            () => BenchTable.Of(columns, [new("a", [null, null], []), new("b", [null], []), new("c", [], [])]));
        Assert.StartsWith("The row of b has 1 figures for 2 columns.", uneven.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_mean_row_leaves_out_datasets_without_novel_figures_where_a_column_has_some()
    {
        BenchColumn[] columns = [new("found"), new("hand-written")];
        BenchRow[] rows =
        [
            new("a", [new(0.3, 0.5, 0.375), new(0.2, null, null)], []), new("b", [new(0.9, null, null), new(0.9, null, null)], []),
            new("c", [new(0.5, 0.7, 0.6), new(0.4, null, null)], []),
        ];
        var mean = BenchTable.Of(columns, rows).Rows[^1];
        Assert.Equal(("mean of 2", "a,c"), (mean.Dataset, string.Join(',', mean.MeanOf)));
        Assert.Equal(0.4, mean.Figures[0]!.Accuracy, 12);
        Assert.Equal(0.6, mean.Figures[0]!.Novel!.Value, 12);
        Assert.Equal(0.3, mean.Figures[1]!.Accuracy, 12);
        Assert.Null(mean.Figures[1]!.Novel);
        Assert.Equal(2, BenchTable.Of(columns, rows[..2]).Rows.Count); // one dataset is no mean
    }

    [Fact]
    public void A_mean_over_datasets_counts_the_runs_of_all_and_has_no_deviation()
    {
        var mean = BenchFigure.OverDatasets([new(0.2, null, null, 3, 0.1), new(0.6, null, null, 2, 0.1)]);
        Assert.Equal((5, null), (mean.Runs, mean.Deviation));
        Assert.Equal(0.4, mean.Accuracy, 12);
    }

    [Fact]
    public void A_column_that_has_a_printed_mean_alone_takes_nothing_from_the_mean_of_the_others()
    {
        BenchColumn[] columns = [new("IPO; memory 5", 15), new("found")];
        BenchFigure printed = new(0.7095, 0.7621, 0.7349);
        BenchRow[] rows = [new("a", [null, new(0.3, 0.5, 0.375)], []), new("b", [null, new(0.5, 0.7, 0.58)], [])];
        var table = BenchTable.Of(columns, rows, printed: [printed, null]);
        Assert.Equal(["a", "b", "mean of 2", "mean of the paper's 11"], table.Rows.Select(row => row.Dataset));
        Assert.Null(table.Rows[2].Figures[0]);
        Assert.Equal(0.4, table.Rows[2].Figures[1]!.Accuracy, 12);
        Assert.Equal([printed, null], table.Rows[3].Figures);
        Assert.Equal(11, table.Rows[3].MeanOf.Count);
        // With one dataset there is no mean here, and still the printed one.
        Assert.Equal(["a", "mean of the paper's 11"], BenchTable.Of(columns, rows[..1], null, [printed, null]).Rows.Select(row => row.Dataset));
    }

    [Fact]
    public void A_column_says_whose_figures_it_has() =>
        Assert.Equal(
            ("here", "paper, Table 9", "here, a (fp32)"),
            (new BenchColumn("found").Source, new BenchColumn("IPO", 9).Source, new BenchColumn("found", Apart: "a (fp32)").Source));

    [Fact]
    public void Differences_are_summed_up_by_size_and_keep_the_sign_of_the_largest()
    {
        PublishedDifference Row(string prompt, double printed, double measured) =>
            new(new(1, "d", prompt, new(printed, 0.5), ""), new(measured, 0.5));
        var summaries = DifferenceSummary.Of([Row("a <CLASS>", 0.9, 0.8), Row("the <CLASS>", 0.5, 0.52), Row("<CLASS>", 0.6, 0.3)]);
        Assert.Equal(
            [DifferenceMeasure.Base, DifferenceMeasure.Novel, DifferenceMeasure.HarmonicMean],
            summaries.Select(summary => summary.Measure));
        Assert.Equal((0.1 + 0.02 + 0.3) / 3, summaries[0].MeanAbsolute, 12);
        Assert.Equal(-0.3, summaries[0].Largest, 12);
        Assert.Equal("<CLASS>", summaries[0].LargestAt.Prompt);
        Assert.Equal((0, 0), (summaries[1].MeanAbsolute, summaries[1].Largest));
        Assert.Equal(2 * 0.3 * 0.5 / 0.8 - 2 * 0.6 * 0.5 / 1.1, summaries[2].Largest, 12);
        Assert.Throws<ArgumentOutOfRangeException>(() => DifferenceSummary.Of([]));
    }
}
