using System.Text.Json;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Graphs;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Scoring;
using Ipo.ClipScorer.Settings;
using Ipo.Tests.ClipScorer.Model;
using Xunit;

namespace Ipo.Tests.ClipScorer.Families.Clip;

/// <summary>
/// Every published template with the class names of every CoOp split: behind a shared prefix as whole. The short form takes from each
/// split a part of the names that moves on from template to template; IPO_FULL_PARITY=1 takes all names, and the published text tower's shape too.
/// </summary>
public sealed class TemplateParityTests
{
    private const string Embedded = "ipo-tiny";
    private const string Published = "the published text tower";
    private const int NamesOfSplit = 3;
    private const int Queries = 40;
    // Cosines of fp32 vectors that are nearer to each other than this are equal: which one is the larger is rounding.
    private const double Tie = 1e-6;

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("IPO_FULL_PARITY") == "1";

    private static readonly VisionShape SomeVision = new(new(32, 1, 2, 64, Activation.QuickGelu, 1e-5f), 16, 8);

    private static readonly (string Name, ClipConfig Config)[] Random =
    [
        ("many heads, shallow", Config(64, new(192, 2, 8, 768, Activation.QuickGelu, 1e-5f))),
        ("narrow, deep", Config(48, new(64, 12, 4, 256, Activation.QuickGelu, 1e-5f))),
        ("one wide head, LAION's activation", Config(80, new(96, 3, 1, 200, Activation.Gelu, 1e-6f))),
        (Published, Config(512, new(512, 12, 8, 2048, Activation.QuickGelu, 1e-5f))),
    ];

    // Long enough for every published template in the embedded vocabulary.
    private const int Context = 256;

    private static readonly string[] Placements =
        ["<CLASS>.", "<CLASS> in a bright photo, well lit and sharp.", "a sharp photo of the <CLASS>, seen from the side.", "a well-lit photo, taken with care, of one small <CLASS>"];

    public static TheoryData<string> Checkpoints => [Embedded, .. Random.Select(shape => shape.Name).Where(name => IsFull || name != Published)];

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void A_class_behind_a_shared_prefix_is_encoded_as_the_whole_text_is(string checkpoint)
    {
        var (templates, splits) = (Templates(), Splits());
        if (checkpoint == Embedded)
        {
            Compare(checkpoint, EmbeddedModel.Loaded, EmbeddedModel.Packing, templates, splits);
            return;
        }
        using var random = new RandomCheckpoint(Random.Single(shape => shape.Name == checkpoint).Config, seed: 23);
        using var model = EmbeddingModel.Load(random.Path, new() { Device = DeviceChoice.Cpu });
        using var packing = EmbeddingModel.LoadTowers(random.Path, ExecutionDevice.Cpu(0) with { UsesGpuTowers = true, RowsPerRun = 4_096 });
        Compare(checkpoint, model, packing, templates, splits);
    }

    private static void Compare(string checkpoint, EmbeddingModel model, EmbeddingModel packing, List<string> templates, List<List<string>> splits)
    {
        var ct = TestContext.Current.CancellationToken;
        var dimension = model.Facts.EmbeddingDimension;
        var queries = UnitQueries(dimension);
        var (largest, largestPacked, texts, shares, ties, tooLong) = (0.0, 0.0, 0, 0, 0, 0);
        for (var template = 0; template < templates.Count; template++)
            foreach (var split in splits)
            {
                var every = IsFull ? 1 : Math.Max(1, split.Count / NamesOfSplit);
                var classes = new ClassNames([.. split.Where((_, name) => name % every == template % every)]);
                TemplatePrompts prompts;
                try { prompts = TemplatePrompts.Of(templates[template], classes, EmbeddedModel.Loaded.Tokenizer.Encode, model.Facts.ContextLength, TestContext.Current.CancellationToken); }
                catch (TemplateRefusedException) when (checkpoint == Embedded) // its small vocabulary spells rare words letter by letter
                {
                    tooLong++;
                    continue;
                }
                var (whole, shared, packed) = (new float[classes.Count * dimension], new float[classes.Count * dimension], new float[classes.Count * dimension]);
                model.EncodeTexts([.. prompts.Suffixes.Select(suffix => (int[])[.. prompts.SharedPrefix, .. suffix])], whole, ct);
                model.EncodeTemplate(prompts.SharedPrefix, prompts.Suffixes, shared, ct);
                packing.EncodeTemplate(prompts.SharedPrefix, prompts.Suffixes, packed, ct);
                for (var at = 0; at < whole.Length; at++) (largest, largestPacked) = (Math.Max(largest, Math.Abs((double)whole[at] - shared[at])), Math.Max(largestPacked, Math.Abs((double)whole[at] - packed[at])));
                foreach (var query in queries)
                {
                    var (nearest, margin) = Nearest(query, whole);
                    if (margin < Tie) ties++;
                    else Assert.Equal((nearest, nearest), (Nearest(query, shared).Row, Nearest(query, packed).Row));
                }
                texts += classes.Count;
                if (prompts.SharedPrefix.Length > 1) shares++;
            }
        TestContext.Current.TestOutputHelper?.WriteLine($"{checkpoint}: {texts} texts of {templates.Count} templates, {shares} of {templates.Count * splits.Count} lists share a prefix; largest difference {largest:G3}, packed {largestPacked:G3}, {ties} ties, {tooLong} lists too long for the context.");
        Assert.InRange(largest, 0, 1e-5);
        Assert.InRange(largestPacked, 0, 1e-5);
        Assert.True(ties < templates.Count * splits.Count * Queries / 1000);
        Assert.True(tooLong < templates.Count * splits.Count / 3);
        Assert.True(shares > (templates.Count * splits.Count - tooLong) * 3 / 4);
    }

    private static ClipConfig Config(int dimension, TransformerShape text) => new(dimension, new(text, 6144, Context, 6143), SomeVision);

    private static List<string> Templates() =>
        [.. File.ReadLines(Shared.Path("data/goldens/published_prompts.csv")).Skip(1).Select(Prompt).Concat(Placements).Distinct()];

    // The second column; quoted where it holds a comma.
    private static string Prompt(string line)
    {
        var rest = line[(line.IndexOf(',', StringComparison.Ordinal) + 1)..];
        if (rest[0] != '"') return rest[..rest.IndexOf(',', StringComparison.Ordinal)];
        var end = rest.IndexOf("\",", StringComparison.Ordinal);
        return rest[1..end].Replace("\"\"", "\"", StringComparison.Ordinal);
    }

    private static List<List<string>> Splits()
    {
        var splits = Directory.EnumerateFiles(Shared.Path("data/coop_splits"), "split_zhou_*.json").Order(StringComparer.Ordinal).Select(Names).ToList();
        Assert.Equal(7, splits.Count);
        return splits;
    }

    private static List<string> Names(string file)
    {
        using var split = JsonDocument.Parse(File.ReadAllText(file));
        return [.. split.RootElement.GetProperty("test").EnumerateArray().Select(item => item[2].GetString()!.Replace('_', ' ')).Distinct().Order(StringComparer.Ordinal)];
    }

    private static List<float[]> UnitQueries(int dimension)
    {
        var random = new Random(7);
        // Of length one, or nearly: dimension × 1/12, the variance of what is drawn, is the square of what it is divided by.
        var length = MathF.Sqrt(dimension / 12f);
        return [.. Enumerable.Range(0, Queries).Select(_ => Enumerable.Range(0, dimension).Select(_ => (random.NextSingle() - 0.5f) / length).ToArray())];
    }

    private static (int Row, double Margin) Nearest(float[] query, float[] rows)
    {
        var (nearest, best, second) = (-1, double.NegativeInfinity, double.NegativeInfinity);
        for (var row = 0; row < rows.Length / query.Length; row++)
        {
            var cosine = 0.0;
            for (var at = 0; at < query.Length; at++) cosine += (double)query[at] * rows[row * query.Length + at];
            if (cosine > best) (nearest, best, second) = (row, cosine, best);
            else second = Math.Max(second, cosine);
        }
        return (nearest, best - second);
    }
}
