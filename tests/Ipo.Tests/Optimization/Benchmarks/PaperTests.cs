using System.Text.Json;
using Ipo.Optimization.Benchmarks;
using Ipo.Optimization.Templates;
using Xunit;

namespace Ipo.Tests.Optimization.Benchmarks;

/// <summary>What is known of the paper: its datasets, its tables and its checkpoint.</summary>
public sealed class PaperTests
{
    [Theory]
    [InlineData("caltech-101", "Caltech101")]
    [InlineData("caltech101", "Caltech101")]
    [InlineData("Caltech101", "Caltech101")]
    [InlineData("oxford_flowers", "Flowers102")]
    [InlineData("Oxford-Flowers", "Flowers102")]
    [InlineData("Flowers102", "Flowers102")]
    [InlineData("fgvc_aircraft", "FGVCAircraft")]
    [InlineData("food-101", "Food101")]
    [InlineData("flowers", null)]
    [InlineData("", null)]
    public void A_dataset_is_found_by_the_papers_name_and_by_coops_folder(string name, string? expected) =>
        Assert.Equal(expected, PaperDataset.Find(name)?.Name);

    [Fact]
    public void There_are_eleven_datasets_with_templates_that_are_templates()
    {
        Assert.Equal(11, PaperDataset.All.Count);
        foreach (var dataset in PaperDataset.All) Assert.Equal(dataset.Template, PromptTemplate.Parse(dataset.Template).Text);
    }

    // CoOp's CUSTOM_TEMPLATES (trainers/zsclip.py), and the class counts of those datasets whose split files are not beside us.
    [Theory]
    [InlineData("ImageNet", "a photo of a <CLASS>.", 1000)]
    [InlineData("Caltech101", "a photo of a <CLASS>.", 100)]
    [InlineData("OxfordPets", "a photo of a <CLASS>, a type of pet.", 37)]
    [InlineData("StanfordCars", "a photo of a <CLASS>.", 196)]
    [InlineData("Flowers102", "a photo of a <CLASS>, a type of flower.", 102)]
    [InlineData("Food101", "a photo of <CLASS>, a type of food.", 101)]
    [InlineData("FGVCAircraft", "a photo of a <CLASS>, a type of aircraft.", 100)]
    [InlineData("SUN397", "a photo of a <CLASS>.", 397)]
    [InlineData("DTD", "<CLASS> texture.", 47)]
    [InlineData("EuroSAT", "a centered satellite photo of <CLASS>.", 10)]
    [InlineData("UCF101", "a photo of a person doing <CLASS>.", 101)]
    public void A_dataset_has_coops_template_and_number_of_classes(string name, string template, int classes)
    {
        var dataset = PaperDataset.Find(name)!;
        Assert.Equal((template, classes), (dataset.Template, dataset.Classes));
    }

    [Theory]
    [InlineData(BenchProtocol.BaseToNovel, 1, null)]
    [InlineData(BenchProtocol.BaseToNovel, 16, "IPO's 16-shot figures in the paper contradict its 1-shot ones: on SUN397 both tables rest on "
        + "one and the same prompt and test set and differ by 9 points, and IPO's printed average is not the mean of its rows. They are no "
        + "target.")]
    [InlineData(BenchProtocol.CrossDataset, 16, "IPO's printed average in Table 9 (67.36) counts the source; the mean here is over the "
        + "targets alone, as CoOp's and CoCoOp's is.")]
    public void A_table_says_what_its_reader_must_know(BenchProtocol protocol, int shots, string? caution) =>
        Assert.Equal(caution, PaperTable.For(protocol, shots)!.Caution);

    [Fact]
    public void Class_counts_are_those_of_coops_split_files()
    {
        foreach (var (file, dataset)
            in new[] { ("Caltech101", "Caltech101"), ("DescribableTextures", "DTD"), ("EuroSAT", "EuroSAT"),
                ("OxfordFlowers", "Flowers102"), ("OxfordPets", "OxfordPets"), ("StanfordCars", "StanfordCars"), ("UCF101", "UCF101") })
        {
            using var split = JsonDocument.Parse(File.ReadAllText(Shared.Path($"data/coop_splits/split_zhou_{file}.json")));
            Assert.Equal(
                split.RootElement.GetProperty("test").EnumerateArray().Select(row => row[1].GetInt32()).Distinct().Count(),
                PaperDataset.Find(dataset)!.Classes);
        }
    }

    [Fact]
    public void Every_figure_is_the_transcriptions()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Shared.Path("data/goldens/paper_tables.json")));
        var compared = 0;
        foreach (var (table, name)
            in new[] { (PaperTable.For(BenchProtocol.BaseToNovel, 1)!, "T6_1shot"),
                (PaperTable.For(BenchProtocol.BaseToNovel, 16)!, "T8_16shot") })
            foreach (var dataset in golden.RootElement.GetProperty(name).EnumerateObject().Where(dataset => dataset.Name != "Average"))
                foreach (var method in dataset.Value.EnumerateObject())
                {
                    var figure = table.Find(method.Name, dataset.Name)!;
                    Assert.Equal(
                        method.Value.EnumerateArray().Select(cell => Math.Round(cell.GetDouble(), 2)),
                        new[] { figure.Accuracy, figure.Novel!.Value, figure.HarmonicMean!.Value }.Select(
                            share => Math.Round(share * 100, 2)));
                    compared++;
                }
        var across = PaperTable.For(BenchProtocol.CrossDataset, 16)!;
        foreach (var method in across.Methods)
            foreach (var (dataset, cell) in PaperDataset.All.Zip(golden.RootElement.GetProperty("T9").GetProperty(method).EnumerateArray()))
            {
                Assert.Equal(Math.Round(cell.GetDouble(), 2), Math.Round(across.Find(method, dataset.Name)!.Accuracy * 100, 2));
                compared++;
            }
        Assert.Equal(11 * (7 + 5 + 3), compared);
    }

    [Theory]
    [InlineData("1", "memory", false, "15")]
    [InlineData("1", "descriptions", false, "4")]
    [InlineData("1", "proposer", false, "2,10")]
    [InlineData("1", "proposer", true, "12")]
    [InlineData("1", "description-limit", true, "14")]
    [InlineData("1", "proposer,description-limit", true, "14")]
    [InlineData("1", "description-limit", false, "")]
    [InlineData("1", "memory,proposer", false, "")]
    [InlineData("16", "memory", false, "")]
    [InlineData("1,16", "", false, "7")]
    [InlineData("16,1", "", false, "7")]
    [InlineData("1,16", "memory", false, "")]
    [InlineData("1,4", "", false, "")]
    [InlineData("1", "", false, "")]
    public void What_the_paper_varies_has_its_tables(string shots, string varied, bool onImageNet, string tables)
    {
        var bench = new Bench(BenchProtocol.BaseToNovel, ["a"], "", [1], [.. shots.Split(',').Select(int.Parse)])
        {
            Variants = varied.Length == 0 ? [BenchVariant.None] : [new([.. varied.Split(',').Select(name => new VariedSetting(name, "1"))])],
        };
        Assert.Equal(tables, string.Join(',', PaperTable.ForVaried(bench, onImageNet).Select(table => table.Number)));
        Assert.Empty(PaperTable.ForVaried(bench with { Protocol = BenchProtocol.FewShot }, onImageNet));
    }

    // paper.md, section 4, and the paper's own sentences on them.
    [Theory]
    [InlineData(15, 7, "IPO; memory 0", "mean of the paper's 11", 69.15, 75.20, 72.04)]
    [InlineData(4, 2, "IPO; descriptions off", "mean of the paper's 11", 71.12, 76.03, 73.49)]
    [InlineData(2, 10, "IPO; captioner BLIP-2", "mean of the paper's 11", 71.95, 76.52, 73.16)]
    [InlineData(10, 5, "IPO; GPT-4o with GPT-4o", "mean of the paper's 11", 73.41, 78.93, 76.06)]
    [InlineData(12, 2, "IPO; GPT-4o", "ImageNet", 76.14, 72.13, 74.09)]
    [InlineData(14, 12, "IPO; GPT-3.5 Turbo; description-limit 16", "ImageNet", 73.42, 68.43, 70.82)]
    [InlineData(7, 8, "CoPrompt", "mean of the paper's 11", 84.00, 77.23, 80.48)]
    public void Tables_over_settings_have_their_figures(
        int number, int methods, string method, string dataset, double onBase, double onNovel, double mean)
    {
        string[] memory = ["memory"], proposer = ["proposer"];
        Bench Of(string[] varied, params int[] shots) =>
            new(BenchProtocol.BaseToNovel, ["a"], "", [1], shots) { Variants = [new([.. varied.Select(name => new VariedSetting(name, "1"))])] };
        var table = new[]
        {
            PaperTable.ForVaried(Of(memory, 1), false), PaperTable.ForVaried(Of(["descriptions"], 1), false), PaperTable.OfModels,
            PaperTable.ForVaried(Of(proposer, 1), true), PaperTable.ForVaried(Of(["description-limit"], 1), true),
            PaperTable.ForVaried(Of([], 1, 16), false),
        }.SelectMany(tables => tables).Single(table => table.Number == number);
        Assert.Equal(methods, table.Methods.Count);
        Assert.Equal(dataset == PaperTable.MeanOfAll, table.HasMeansAlone);
        var figure = table.Find(method, dataset)!;
        Assert.Equal((onBase, onNovel, mean), (Percent(figure.Accuracy), Percent(figure.Novel!.Value), Percent(figure.HarmonicMean!.Value)));

        static double Percent(double share) => Math.Round(share * 100, 2);
    }

    [Fact]
    public void A_misprint_in_a_table_over_settings_is_told() =>
        Assert.Contains(
            "The paper prints a harmonic mean of 73.16 for IPO; captioner BLIP-2 on mean of the paper's 11; its accuracies there give 74.16.",
            PaperTable.OfModels[0].Misprints([PaperTable.MeanOfAll]));

    [Fact]
    public void Our_mean_over_datasets_gives_the_papers_average_row()
    {
        var table = PaperTable.For(BenchProtocol.BaseToNovel, 1)!;
        foreach (var (method, expected)
            in new[] { ("CLIP", (69.34, 74.22, 71.70)), ("CoOp", (72.08, 66.71, 69.29)), ("IPO", (71.76, 77.00, 74.29)) })
        {
            var mean = BenchFigure.OverDatasets([.. PaperDataset.All.Select(dataset => table.Find(method, dataset.Name)!)]);
            Assert.Equal(expected.Item1, mean.Accuracy * 100, 0.0051);
            Assert.Equal(expected.Item2, mean.Novel!.Value * 100, 0.0051);
            Assert.Equal(expected.Item3, mean.HarmonicMean!.Value * 100, 0.0101);
        }
    }

    [Fact]
    public void A_misprinted_harmonic_mean_is_told_and_a_rounded_one_is_not()
    {
        var misprints = PaperTable.For(BenchProtocol.BaseToNovel, 1)!.Misprints([.. PaperDataset.All.Select(dataset => dataset.Name)])
            .ToList();
        Assert.Contains("The paper prints a harmonic mean of 96.43 for IPO on OxfordPets; its accuracies there give 96.17.", misprints);
        Assert.DoesNotContain(misprints, misprint => misprint.Contains("ImageNet", StringComparison.Ordinal));
        Assert.True(misprints.Count <= 2, string.Join('\n', misprints));
        Assert.Single(PaperTable.For(BenchProtocol.BaseToNovel, 1)!.Misprints(["OxfordPets"]));
        Assert.Empty(PaperTable.For(BenchProtocol.BaseToNovel, 1)!.Misprints(["ImageNet"]));
        Assert.Empty(PaperTable.For(BenchProtocol.CrossDataset, 16)!.Misprints(["OxfordPets"]));
    }

    [Fact]
    public void Protocols_without_a_table_have_none()
    {
        Assert.Null(PaperTable.For(BenchProtocol.BaseToNovel, 4));
        Assert.Null(PaperTable.For(BenchProtocol.FewShot, 1));
        Assert.Equal(
            (6, 8, 9), (PaperTable.For(BenchProtocol.BaseToNovel, 1)!.Number, PaperTable.For(BenchProtocol.BaseToNovel, 16)!.Number,
                PaperTable.For(BenchProtocol.CrossDataset, 16)!.Number));
        Assert.Null(PaperTable.For(BenchProtocol.BaseToNovel, 1)!.Find("IPO", "my flowers"));
        Assert.Null(PaperTable.For(BenchProtocol.BaseToNovel, 1)!.Find("IPO", null));
    }

    [Theory]
    [InlineData("clip-vit-base-patch16", 512, 224, true)]
    [InlineData("ViT-B-16", 512, 224, true)]
    [InlineData("ViT-B-16-openai", 512, 224, true)]
    [InlineData("openai-ViT-B-16", 512, 224, true)]
    [InlineData("openai_clip-vit-base-patch16", 512, 224, true)]
    [InlineData("CLIP-ViT-B-16", 512, 224, true)]
    [InlineData("clip-vit-base-patch16", 512, 64, false)]
    [InlineData("clip-vit-base-patch16", 128, 224, false)]
    [InlineData("clip-vit-base-patch32", 512, 224, false)]
    [InlineData("CLIP-ViT-B-16-laion2B-s34B-b88K", 512, 224, false)]
    [InlineData("clip-vit-base-patch16", 128, 64, false)]
    [InlineData("ipo-tiny", 128, 64, false)]
    public void The_papers_checkpoint_is_told_from_others(string name, int dimension, int size, bool expected)
    {
        Assert.Equal(expected, PaperCheckpoint.Is(name, dimension, size));
        Assert.Equal(
            expected
                ? $"The checkpoint {name} is taken for the paper's, OpenAI's CLIP ViT-B/16, by its name and sizes; the paper's code ran it in "
                    + "half precision."
                : $"The checkpoint is {name} and not OpenAI's CLIP ViT-B/16, with which all of the paper's figures were made: the two are "
                    + "not comparable, and a difference says nothing about the method or this implementation.",
            PaperCheckpoint.Note(name, dimension, size));
    }
}
