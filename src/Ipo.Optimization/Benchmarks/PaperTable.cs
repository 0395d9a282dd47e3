using System.Globalization;
using Ipo.Optimization.Statistics;

namespace Ipo.Optimization.Benchmarks;

/// <summary>A table of the IPO paper's results (arXiv 2410.15397, camera-ready text), figures in 0..1.</summary>
/// <param name="Number">Its number there.</param>
/// <param name="Methods">Its methods, in print order.</param>
/// <param name="Caution">What its reader must know; null for nothing.</param>
public sealed record PaperTable(int Number, IReadOnlyList<string> Methods, string? Caution)
{
    private const int Models = 2, Descriptions = 4, OneShot = 6, Shots = 7, SixteenShot = 8, CrossDataset = 9, Combinations = 10,
        OnImageNet = 12, Batch = 14, History = 15;

    private const string SixteenShotCaution =
        "IPO's 16-shot figures in the paper contradict its 1-shot ones: on SUN397 both tables rest on one and the same prompt and "
            + "test set and differ by 9 points, and IPO's printed average is not the mean of its rows. They are no target.";

    /// <summary>What a table calls its mean over the paper's eleven datasets.</summary>
    public const string MeanOfAll = "mean of the paper's 11";

    private static readonly IReadOnlyList<(int Table, string Method, string Dataset, BenchFigure Figure)> Printed = Read();

    /// <summary>The table of a protocol; null where the paper prints none.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="shots">Search images per class.</param>
    public static PaperTable? For(BenchProtocol protocol, int shots) => (protocol, shots) switch
    {
        (BenchProtocol.BaseToNovel, 1) => Of(OneShot, null),
        (BenchProtocol.BaseToNovel, 16) =>
            Of(SixteenShot, SixteenShotCaution),
        (BenchProtocol.CrossDataset, _) =>
            Of(CrossDataset,
                "IPO's printed average in Table 9 (67.36) counts the source; the mean here is over the targets alone, as CoOp's and "
                    + "CoCoOp's is."),
        _ => null,
    };

    /// <summary>The tables in which the paper varies what a benchmark varies; none where it varies nothing of it.</summary>
    /// <param name="bench">The benchmark.</param>
    /// <param name="onImageNet">Whether ImageNet is its only dataset.</param>
    public static IReadOnlyList<PaperTable> ForVaried(Bench bench, bool onImageNet) =>
        bench.Protocol != BenchProtocol.BaseToNovel ? [] : (bench.Shots, bench.Varied) switch
        {
            ([1, 16] or [16, 1], []) => [Of(Shots, SixteenShotCaution)],
            ([1], ["memory"]) => [Of(History, null)],
            ([1], ["descriptions"]) =>
                [Of(Descriptions, "\"descriptions on\" in the paper's Table 4 is its default, MiniCPM-V-2 with GPT-3.5 Turbo.")],
            ([1], ["description-limit"] or ["description-limit", "proposer"]) when onImageNet =>
                [Of(Batch, "The paper's Table 14 calls the number of described images \"batch\".")],
            ([1], ["proposer"]) => onImageNet ? [Of(OnImageNet, null)] : OfModels,
            _ => [],
        };

    /// <summary>The tables over language models and multimodal models.</summary>
    public static IReadOnlyList<PaperTable> OfModels => [Of(Models, null), Of(Combinations, null)];

    /// <summary>Whether nothing but means over the eleven datasets is printed.</summary>
    public bool HasMeansAlone => Printed.All(row => row.Table != Number || row.Dataset == MeanOfAll);

    /// <summary>A printed figure; null where the table has none.</summary>
    /// <param name="method">One of <see cref="Methods"/>.</param>
    /// <param name="dataset">The dataset's name in the tables.</param>
    public BenchFigure? Find(string method, string? dataset) =>
        Printed.FirstOrDefault(row => row.Table == Number && row.Method == method && row.Dataset == dataset).Figure;

    /// <summary>Where the printed harmonic mean is not the one of the printed accuracies, as one sentence
    /// each.</summary>
    /// <param name="datasets">The datasets to look at.</param>
    public IEnumerable<string> Misprints(IReadOnlyCollection<string> datasets) =>
        from row in Printed
        where row.Table == Number && datasets.Contains(row.Dataset) && row.Figure is { Novel: not null, HarmonicMean: not null }
        let given = Proportion.HarmonicMean(row.Figure.Accuracy, row.Figure.Novel!.Value)
        // Two roundings to a hundredth of a point move it by less than this.
        where Math.Abs(given - row.Figure.HarmonicMean!.Value) > 0.00015
        select string.Create(
            CultureInfo.InvariantCulture,
            $"The paper prints a harmonic mean of {row.Figure.HarmonicMean * 100:0.00} for {row.Method} on {row.Dataset}; its accuracies "
                + $"there give {given * 100:0.00}.");

    private static PaperTable Of(int number, string? caution) =>
        new(number, [.. Printed.Where(row => row.Table == number).Select(row => row.Method).Distinct()], caution);

    private static List<(int Table, string Method, string Dataset, BenchFigure Figure)> Read()
    {
        using var reader = new StreamReader(typeof(PaperTable).Assembly.GetManifestResourceStream("paper-results.csv")!);
        reader.ReadLine(); // table,method,dataset,accuracy,novel,harmonic_mean, in per cent
        var rows = new List<(int, string, string, BenchFigure)>();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            rows.Add((int.Parse(cells[0], CultureInfo.InvariantCulture), cells[1], cells[2],
                new(Share(cells[3])!.Value, Share(cells[4]), Share(cells[5]))));
        }
        return rows;
    }

    private static double? Share(string cell) =>
        cell.Length == 0 ? null : (double)(decimal.Parse(cell, CultureInfo.InvariantCulture) / 100);
}
