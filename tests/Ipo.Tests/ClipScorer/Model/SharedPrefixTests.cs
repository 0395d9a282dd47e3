using System.Text.Json;
using Xunit;

namespace Ipo.Tests.ClipScorer.Model;

public sealed class SharedPrefixTests
{
    private const string Class = "<CLASS>";

    // Every n-th class, so that one split costs about this many texts a template.
    private const int ClassesPerSplit = 8;

    private static readonly string[] Placements =
        [$"{Class}.", $"{Class} in a bright photo, well lit and sharp.", $"a photo of a {Class}.", $"a sharp photo of the {Class}, seen from the side.", $"a well-lit photo, taken with care, of one small {Class}"];

    [Fact]
    public void Encodes_as_the_whole_text_does_for_every_published_template_and_split()
    {
        var ct = TestContext.Current.CancellationToken;
        var model = EmbeddedModel.Loaded;
        var templates = Templates().Concat(Placements).Distinct().ToList();
        var splits = Splits();
        var queries = Queries(40, model.Card.EmbeddingDimension);
        var (largest, texts, sharing) = (0.0, 0, 0);
        foreach (var template in templates)
        {
            var at = template.IndexOf(Class, StringComparison.Ordinal);
            var prefix = model.Tokenizer.EncodeBeginning(template[..at]);
            if (prefix.Length > 1) sharing++;
            foreach (var classes in splits)
            {
                var ids = classes.ConvertAll(name => model.Tokenizer.Encode(template.Replace(Class, name, StringComparison.Ordinal)));
                var whole = new float[ids.Count * model.Card.EmbeddingDimension];
                var shared = new float[whole.Length];
                model.EncodeTexts(ids, whole, ct);
                model.EncodeTemplate(prefix, ids.ConvertAll(text => text[prefix.Length..]), shared, ct);
                largest = Math.Max(largest, whole.Zip(shared, (a, b) => Math.Abs((double)a - b)).Max());
                foreach (var query in queries) Assert.Equal(ArgMax(query, whole), ArgMax(query, shared));
                texts += ids.Count;
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{texts} texts of {templates.Count} templates ({sharing} share more than the start): largest difference {largest:G3}.");
        Assert.InRange(largest, 0, 1e-5);
        Assert.True(sharing >= 40);
    }

    [Fact]
    public void Any_cut_of_a_text_gives_its_embedding()
    {
        var ct = TestContext.Current.CancellationToken;
        var model = EmbeddedModel.Loaded;
        var ids = model.Tokenizer.Encode("a sharp photo of the golden retriever, seen from the side, in the rain.");
        var (whole, cut) = (new float[256], new float[256]);
        model.EncodeTexts([ids], whole, ct);
        for (var prefix = 0; prefix < ids.Length; prefix++)
        {
            model.EncodeTemplate(ids[..prefix], [ids[prefix..]], cut, ct);
            Assert.InRange(whole.Zip(cut, (a, b) => Math.Abs((double)a - b)).Max(), 0, 1e-5);
        }
    }

    [Fact]
    public void Takes_texts_up_to_the_context_and_refuses_longer_ones()
    {
        var model = EmbeddedModel.Loaded;
        var embedding = new float[256];
        int[] longest = [8190, .. Enumerable.Repeat(320, 75), 8191];
        model.EncodeTexts([longest], embedding, TestContext.Current.CancellationToken);
        model.EncodeTemplate(longest[..70], [longest[70..]], embedding, TestContext.Current.CancellationToken);
        var error = Assert.Throws<Ipo.ClipScorer.Text.TextTooLongException>(() => model.EncodeTemplate(longest[..70], [longest[69..]], embedding, TestContext.Current.CancellationToken));
        Assert.Equal((78, 77), (error.Tokens, error.ContextLength));
        Assert.Contains("has 78 tokens with start and end, and this checkpoint takes 77", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_a_text_at_its_first_end()
    {
        var ct = TestContext.Current.CancellationToken;
        var model = EmbeddedModel.Loaded;
        var (plain, both) = (new float[256], new float[512]);
        model.EncodeTexts([[8190, 320, 8191]], plain, ct);
        model.EncodeTexts([[8190, 320, 8191, 518, 8191], [8190, 320, 8191]], both, ct);
        Assert.Equal(plain, both[..256]);
        model.EncodeTemplate([8190, 320, 8191, 518], [[815, 8191], [548, 8191]], both, ct);
        Assert.Equal(both[..256], both[256..]);
        Assert.InRange(plain.Zip(both, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-5f);
    }

    [Fact]
    public void Refuses_ids_without_an_end_and_ids_it_does_not_know()
    {
        var embedding = new float[256];
        Assert.Contains("no end id, 8191", Assert.Throws<ArgumentException>(() => EmbeddedModel.Loaded.EncodeTexts([[8190, 320]], embedding, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddedModel.Loaded.EncodeTexts([[8190, 8192, 8191]], embedding, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddedModel.Loaded.EncodeTemplate([-1], [[8191]], embedding, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Nothing_to_encode_is_no_error() => EmbeddedModel.Loaded.EncodeTemplate([8190], [], [], TestContext.Current.CancellationToken);

    private static IEnumerable<string> Templates() => File.ReadLines(Shared.Path("data/goldens/published_prompts.csv")).Skip(1).Select(Prompt);

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
        var splits = new List<List<string>>();
        foreach (var file in Directory.EnumerateFiles(Shared.Path("data/coop_splits"), "split_zhou_*.json").Order(StringComparer.Ordinal))
        {
            using var split = JsonDocument.Parse(File.ReadAllText(file));
            var classes = split.RootElement.GetProperty("test").EnumerateArray().Select(item => item[2].GetString()!.Replace('_', ' ')).Distinct().Order(StringComparer.Ordinal).ToList();
            var every = Math.Max(1, classes.Count / ClassesPerSplit);
            splits.Add([.. classes.Where((_, index) => index % every == 0)]);
        }
        Assert.Equal(7, splits.Count);
        return splits;
    }

    private static List<float[]> Queries(int count, int dimension)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, dimension).Select(_ => random.NextSingle() - 0.5f).ToArray())];
    }

    private static int ArgMax(float[] query, float[] rows)
    {
        var scores = rows.Chunk(query.Length).Select(row => row.Zip(query, (a, b) => (double)a * b).Sum()).ToArray();
        return Array.IndexOf(scores, scores.Max());
    }
}
