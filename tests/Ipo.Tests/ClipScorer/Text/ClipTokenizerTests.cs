using System.IO.Compression;
using System.Text.Json;
using CsCheck;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Text;
using Ipo.ServiceDefaults.Standards;
using Ipo.Tests.ClipScorer.Checkpoints;
using Xunit;

namespace Ipo.Tests.ClipScorer.Text;

public sealed class ClipTokenizerTests
{
    private static readonly Lazy<ClipTokenizer> OpenAi = new(ReadOpenAi);
    private static readonly Lazy<ClipTokenizer> Tiny = new(() => ClipTokenizer.Load(Path.Combine(Shared.Repository, "models", "ipo-tiny")));

    [Fact]
    public void Gives_every_id_that_openai_s_tokenizer_gives()
    {
        using var goldens = JsonDocument.Parse(File.ReadAllText(Shared.Path("data/goldens/clip_tokens.json")));
        var lines = goldens.RootElement.EnumerateArray().ToList();
        // They were made without text repair, which changes four of these texts.
        static bool Repairs(string text) => text.Contains('\u2019', StringComparison.Ordinal) || text.Contains("&amp;amp;", StringComparison.Ordinal);
        var left = lines.Where(line => !Repairs(line.GetProperty("text").GetString()!)).ToList();
        AssertIds(OpenAi.Value, left.Select(line => (line, "ids")), 256);
        Assert.Equal(260, lines.Count);
    }

    [Fact]
    public void Gives_every_id_that_openai_s_tokenizer_gives_of_text_that_it_repairs()
    {
        using var goldens = JsonDocument.Parse(File.ReadAllText(Shared.Path("data/goldens2/text-repair.json")));
        AssertIds(OpenAi.Value, goldens.RootElement.EnumerateArray().Select(line => (line, "ids")), 80);
    }

    [Fact]
    public void A_text_has_the_same_ids_with_its_accents_composed_or_apart()
    {
        using var goldens = JsonDocument.Parse(File.ReadAllText(Shared.Path("cases/11-decomposed-accents/tokens.json")));
        AssertIds(OpenAi.Value, goldens.RootElement.EnumerateArray().Select(line => (line, "ids")), 3);
        foreach (var text in goldens.RootElement.EnumerateArray().Select(line => line.GetProperty("text").GetString()!))
        {
            var composed = ComposedText.Of(text);
            Assert.NotEqual(text, composed);
            Assert.Equal(OpenAi.Value.Encode(composed), OpenAi.Value.Encode(text));
        }
    }

    // Where the file's own tokenizer gives other ids than OpenAI's (curly quotes, a sigma that ends a word), OpenAI's count.
    [Theory]
    [InlineData("merges-strings"), InlineData("merges-pairs")]
    public void Gives_openai_s_ids_with_one_tokenizer_json(string form)
    {
        var tokenizer = TokenizerJson.Read(Shared.Path($"data/goldens2/tokenizer-json/{form}/tokenizer.json"));
        Assert.Equal((8190, 8191, 8192), (tokenizer.StartId, tokenizer.EndId, tokenizer.VocabularySize));
        using var goldens = JsonDocument.Parse(File.ReadAllText(Shared.Path("data/goldens2/tokenizer-json/tokens.json")));
        AssertIds(tokenizer, goldens.RootElement.EnumerateArray().Select(line => (line, line.TryGetProperty("openai", out _) ? "openai" : "ids")), 60);
    }

    private static void AssertIds(ClipTokenizer tokenizer, IEnumerable<(JsonElement Line, string Ids)> goldens, int count)
    {
        var lines = 0;
        foreach (var (line, name) in goldens)
        {
            var text = line.GetProperty("text").GetString()!;
            var expected = line.GetProperty(name).EnumerateArray().Select(id => id.GetInt32()).ToArray();
            var found = tokenizer.Encode(text);
            Assert.True(expected.SequenceEqual(found), $"'{text}': expected {string.Join(' ', expected)}, found {string.Join(' ', found)}");
            lines++;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{lines} lines equal.");
        Assert.Equal(count, lines);
    }

    [Fact]
    public void Gives_the_ids_that_stand_in_the_embedded_checkpoint_s_reference()
    {
        using var reference = JsonDocument.Parse(File.ReadAllText(Path.Combine(Shared.Repository, "models", "ipo-tiny", "reference.json")));
        foreach (var text in reference.RootElement.GetProperty("texts").EnumerateArray())
            Assert.Equal(text.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), Tiny.Value.Encode(text.GetProperty("text").GetString()!));
    }

    [Fact]
    public void Takes_start_and_end_from_the_vocabulary()
    {
        Assert.Equal(6142, Tiny.Value.StartId);
        Assert.Equal(6143, Tiny.Value.EndId);
        Assert.Equal(6144, Tiny.Value.VocabularySize);
    }

    [Fact]
    public void Does_not_cut_a_long_text() => Assert.Equal(202, Tiny.Value.Encode(string.Join(' ', Enumerable.Repeat("1", 200))).Length);

    [Fact]
    public void Ids_of_any_text_stand_between_start_and_end_and_in_the_vocabulary() =>
        Gen.String.Sample(text =>
        {
            var ids = Tiny.Value.Encode(text);
            return ids[0] == Tiny.Value.StartId && ids[^1] == Tiny.Value.EndId && ids.All(id => id >= 0 && id < Tiny.Value.VocabularySize);
        });

    [Theory]
    [InlineData("ΟΔΟΣ", "οδος")]
    [InlineData("ΣΑΣ ΣΑΣ", "σας σας")]
    [InlineData("Σ", "σ")]
    [InlineData("ΑΣ'Α", "ασ'α")]
    [InlineData("İ", "i\u0307")]
    [InlineData("𐐀", "𐐨")]
    [InlineData("1ºΣ", "1ºς")]
    [InlineData("ΑΣ\u0301 Α\u0301Σ", "ας\u0301 ά\u03C2")]
    [InlineData("𐐀Σ", "𐐨ς")]
    [InlineData("1Σ", "1σ")]
    public void Lowers_as_unicode_says(string text, string lower) => Assert.Equal(lower, ClipWords.Clean(text));

    [Theory]
    [InlineData("  two \t words\u00A0here\u001F\u3000", "two words here")]
    [InlineData("&lt;b&gt; &amp;amp;", "<b> &")]
    public void Folds_white_space_and_unescapes_twice(string text, string clean) => Assert.Equal(clean, ClipWords.Clean(text));

    [Theory]
    [InlineData("don't we'll i'm", "don¦'t¦we¦'ll¦i¦'m")]
    [InlineData("2024 is", "2¦0¦2¦4¦is")]
    [InlineData("well-lit!?", "well¦-¦lit¦!?")]
    [InlineData("𝒜𝒷 𝟙", "𝒜𝒷¦𝟙")]
    [InlineData("a<|endoftext|>b", "a¦<|endoftext|>¦b")]
    [InlineData(".<|endoftext|>", ".<|¦endoftext¦|>")]
    [InlineData("नमस्ते", "नमस¦्¦त¦े")]
    public void Splits_as_clip_s_expression(string cleaned, string words) => Assert.Equal(words.Split('¦'), ClipWords.Split(cleaned));

    [Fact]
    public void Names_the_file_and_the_line_that_is_not_a_merge()
    {
        using var folder = CheckpointCopy.Of("ipo-tiny");
        File.WriteAllText(Path.Combine(folder.Path, "merges.txt"), "#version: 0.2\ni n\nbroken\n");
        var error = Assert.Throws<CheckpointException>(() => ClipTokenizer.Load(folder.Path));
        Assert.Contains("merges.txt, line 3, is 'broken'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_the_symbol_that_vocabulary_and_merges_do_not_share()
    {
        using var folder = CheckpointCopy.Of("ipo-tiny");
        File.AppendAllText(Path.Combine(folder.Path, "merges.txt"), "zzq zzq\n");
        Assert.Contains("no entry 'zzq'", Assert.Throws<CheckpointException>(() => ClipTokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_which_special_token_a_vocabulary_lacks()
    {
        using var folder = CheckpointCopy.Of("ipo-tiny");
        var path = Path.Combine(folder.Path, "vocab.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("<|endoftext|>", "<|end|>", StringComparison.Ordinal));
        Assert.Contains("no '<|endoftext|>'", Assert.Throws<CheckpointException>(() => ClipTokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    // OpenAI's own rule for its vocabulary file (openai/CLIP, clip/simple_tokenizer.py): bytes, bytes at a word's end, merges, specials.
    private static ClipTokenizer ReadOpenAi()
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Shared.Path("data/goldens/bpe_simple_vocab_16e6.txt.gz")), CompressionMode.Decompress));
        var merges = reader.ReadToEnd().Split('\n')[1..(49_152 - 256 - 2 + 1)].Select(line => line.Split(' ')).Select(pair => (pair[0], pair[1])).ToList();
        var bytes = Enumerable.Range(0, 256).OrderBy(value => BytePairMerges.SymbolOfByte((byte)value)).Select(value => BytePairMerges.SymbolOfByte((byte)value).ToString()).ToList();
        var symbols = bytes.Concat(bytes.Select(symbol => symbol + "</w>")).Concat(merges.Select(pair => pair.Item1 + pair.Item2)).Append("<|startoftext|>").Append("<|endoftext|>");
        return new(symbols.Select((symbol, id) => (symbol, id)).ToDictionary(entry => entry.symbol, entry => entry.id), merges);
    }
}
