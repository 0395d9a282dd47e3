using System.Globalization;
using Ipo.Benchmarks.Workload;
using Ipo.ClipScorer.Text;
using Ipo.ClipScorer.ZeroShot;

namespace Ipo.Benchmarks.Rows;

/// <summary>How cost grows with the number of images, of classes, and with a template's length, and from where on it is proportional.</summary>
internal static class GrowthRow
{
    private const int Dimension = 512;

    public static void Run(Bench bench)
    {
        var brief = bench.Options.Short;
        int[] images = brief ? [500, 2_000, 8_000] : [125, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000];
        int[] scored = brief ? [10, 100, 1_000] : [2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];
        int[] encoded = brief ? [10, 100] : [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
        int[] tokens = brief ? [4, 32] : [1, 2, 4, 8, 16, 24, 32, 48, 64];
        Show(bench, "images", "images, N", "Scoring 1,000 classes on N images", Measure(bench, "scoring", images, count => Scoring(bench, count, 1_000)));
        Show(bench, "classes", "classes, C", "A template with C classes",
            Measure(bench, "encoding `a photo of a <CLASS>.`", encoded, count => Encoding(bench, 4, 1, count)),
            Measure(bench, "scoring on 4,000 images", scored, count => Scoring(bench, 4_000, count)));
        var classes = brief ? 50 : 100;
        Show(bench, "tokens", "tokens of the template beside the class name", $"Encoding {classes} classes",
            Measure(bench, "words in front of the name (shared)", tokens, count => Encoding(bench, count, 1, classes)),
            Measure(bench, "words behind the name", tokens, count => Encoding(bench, 0, count, classes)));
    }

    private static Growth Measure(Bench bench, string name, int[] counts, Func<int, Action> work)
    {
        var seconds = Interleaved.Medians(bench.Options.Rounds, Array.ConvertAll(counts, count => work(count)));
        return new(name, [.. counts.Zip(seconds, (count, time) => ((double)count, time))]);
    }

    private static void Show(Bench bench, string file, string across, string title, params Growth[] series)
    {
        bench.Table.End();
        Console.WriteLine($"\n{title} ({bench.Where}), milliseconds by {across}:\n");
        foreach (var growth in series)
        {
            var from = growth.ProportionalFrom();
            Console.WriteLine($"| {growth.Name} | {string.Join(" | ", growth.Points.Select(point => point.Count.ToString("N0", CultureInfo.InvariantCulture)))} |");
            Console.WriteLine($"|---|{string.Concat(growth.Points.Select(_ => "---|"))}");
            Console.WriteLine($"| ms | {string.Join(" | ", growth.Points.Select(point => Words.Number(point.Seconds * 1000)))} |");
            Console.WriteLine(from is null ? "\nNot proportional in this range.\n" : string.Create(CultureInfo.InvariantCulture, $"\nProportional from {from:N0} on (cost of one within 15 %).\n"));
        }
        if (bench.Options.Charts is not { } folder) return;
        Directory.CreateDirectory(folder);
        GrowthChart.Write(Path.Combine(folder, $"growth-{file}.svg"), $"{title} ({bench.Where})", across, series);
    }

    private static Action Scoring(Bench bench, int images, int classes)
    {
        var set = ScoringRow.Set(images, classes);
        var matrix = ClassMatrix.Pack(UnitVectors.Make(classes, Dimension, seed: 5), classes, Dimension);
        return () => TemplateScorer.Score<RowSoftmax>(set, matrix, new(100, 0), bench.Threads, CancellationToken.None);
    }

    // So many tokens in front of the names and behind them; which ones does not matter to the cost.
    private static Action Encoding(Bench bench, int inFront, int behind, int classes)
    {
        var tokenizer = (ClipTokenizer)bench.Model.Tokenizer;
        int[] prefix = [tokenizer.StartId, .. Enumerable.Range(1_000, inFront)];
        var suffixes = bench.Classes.Names.Take(classes).Select(name => (int[])[.. bench.Model.Tokenizer.Encode(name)[1..^1], .. Enumerable.Range(2_000, behind), tokenizer.EndId]).ToList();
        if (suffixes.Max(suffix => suffix.Length) + prefix.Length > bench.Model.Facts.ContextLength)
            suffixes = [.. suffixes.Select(suffix => suffix.Length + prefix.Length > bench.Model.Facts.ContextLength ? suffix[^(bench.Model.Facts.ContextLength - prefix.Length)..] : suffix)];
        var embeddings = new float[classes * bench.Model.Facts.EmbeddingDimension];
        return () => bench.Model.EncodeTemplate(prefix, suffixes, embeddings, CancellationToken.None);
    }
}
