using System.Text.Json.Nodes;
using CsCheck;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Text;
using Ipo.Tests.ClipScorer.Checkpoints;
using Xunit;

namespace Ipo.Tests.ClipScorer.Text;

public sealed class GemmaTokenizerTests
{
    private static string Folder => Shared.Path("data/goldens2/siglip2-random");

    [Fact]
    public void Gives_every_id_that_the_tokenizers_library_gives() =>
        TokenGoldens.Compare(Folder, GemmaTokenizer.Load(Folder, lowerCases: true), padId: 0, golden => golden.GetProperty("ids_unpadded"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lower_cases_once_where_the_file_does(bool lowerCases) =>
        TokenGoldens.Compare(Folder, GemmaTokenizer.Load(Path.Combine(Folder, "lowercase-in-file"), lowerCases), padId: 0, golden => golden.GetProperty("ids_unpadded"));

    [Fact]
    public void Keeps_the_case_where_nobody_says_otherwise()
    {
        var tokenizer = GemmaTokenizer.Load(Folder, lowerCases: false);
        TokenGoldens.Compare(Folder, tokenizer, padId: 0,
            golden => golden.TryGetProperty("ids_without_lowercasing", out var kept) ? kept : golden.GetProperty("ids_unpadded"));
    }

    [Fact]
    public void Takes_merges_as_strings_too()
    {
        using var copy = CheckpointCopy.OfGolden2("siglip2-random").Edit("tokenizer.json", json =>
            json["model"]!["merges"] = new JsonArray([.. json["model"]!["merges"]!.AsArray().Select(pair => (JsonNode)$"{pair![0]} {pair[1]}")]));
        TokenGoldens.Compare(Folder, GemmaTokenizer.Load(copy.Path, lowerCases: true), padId: 0, golden => golden.GetProperty("ids_unpadded"));
    }

    [Fact]
    public void An_empty_token_changes_nothing()
    {
        using var copy = CheckpointCopy.OfGolden2("siglip2-random").Edit("tokenizer.json", json => json["model"]!["vocab"]![""] = 7);
        TokenGoldens.Compare(Folder, GemmaTokenizer.Load(copy.Path, lowerCases: true), padId: 0, golden => golden.GetProperty("ids_unpadded"));
    }

    [Fact]
    public void Ids_of_any_text_end_and_stand_in_the_vocabulary()
    {
        var tokenizer = GemmaTokenizer.Load(Folder, lowerCases: true);
        Gen.String.Sample(text => tokenizer.Encode(text) is [.., 1] ids && ids.All(id => id >= 0 && id < tokenizer.VocabularySize));
    }

    [Fact]
    public void Of_added_tokens_that_begin_alike_the_longest_counts()
    {
        var added = new AddedTokens(new Dictionary<string, int> { ["<a>"] = 1, ["<a>b"] = 2, ["b"] = 3 });
        Assert.Equal([(null, "x"), (2, "<a>b"), (3, "b"), (1, "<a>"), (null, "<a")], added.Split("x<a>bb<a><a"));
        Assert.Empty(added.Split(""));
    }

    [Theory]
    [InlineData("model", "type", "\"Unigram\"", "'model.type' is \"Unigram\"")]
    [InlineData("model", "byte_fallback", "false", "'model.byte_fallback' is false")]
    [InlineData("model", "end_of_word_suffix", "\"w\"", "'model.end_of_word_suffix' is \"w\"")]
    [InlineData("normalizer", "type", "\"NFKC\"", "'normalizer.type' is \"NFKC\"")]
    [InlineData("pre_tokenizer", "type", "\"ByteLevel\"", "'pre_tokenizer.type' is \"ByteLevel\"")]
    [InlineData("post_processor", "type", "\"ByteLevel\"", "'post_processor.type' is \"ByteLevel\"")]
    public void What_would_change_ids_and_is_not_known_is_refused_by_its_name(string part, string setting, string value, string said)
    {
        using var copy = CheckpointCopy.OfGolden2("siglip2-random").Edit("tokenizer.json", json => json[part]![setting] = JsonNode.Parse(value));
        Assert.Contains(said, Refusal(copy), StringComparison.Ordinal);
    }

    [Fact]
    public void An_added_token_of_another_kind_is_refused_by_its_name()
    {
        using var copy = CheckpointCopy.OfGolden2("siglip2-random").Edit("tokenizer.json", json => json["added_tokens"]![4]!["lstrip"] = true);
        Assert.Contains("'added_tokens.lstrip' is true for <mask>", Refusal(copy), StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_without_a_byte_is_refused_by_the_byte()
    {
        using var copy = CheckpointCopy.OfGolden2("siglip2-random").Edit("tokenizer.json", json => json["model"]!["vocab"]!.AsObject().Remove("<0x41>"));
        Assert.Contains("has no '<0x41>'", Refusal(copy), StringComparison.Ordinal);
    }

    private static string Refusal(CheckpointCopy copy) =>
        Assert.Throws<CheckpointException>(() => GemmaTokenizer.Load(copy.Path, lowerCases: true)).Message;
}
