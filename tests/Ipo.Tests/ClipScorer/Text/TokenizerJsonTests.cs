using System.Text.Json;
using System.Text.Json.Nodes;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Text;
using Ipo.Tests.ClipScorer.Checkpoints;
using Xunit;

namespace Ipo.Tests.ClipScorer.Text;

public sealed class TokenizerJsonTests
{
    private static readonly string Tiny = Path.Combine(Shared.Repository, "models", "ipo-tiny");

    [Theory]
    [InlineData(true), InlineData(false)]
    public void A_checkpoint_with_tokenizer_json_alone_opens_with_the_same_ids(bool pairs)
    {
        using var folder = CheckpointCopy.Of("ipo-tiny");
        WriteTokenizer(folder.Path, pairs);
        var checkpoint = ClipCheckpoint.Open(folder.Path);
        Assert.Equal("tokenizer.json", checkpoint.Tokenizer.Source);
        foreach (var text in (string[])["a photo of a cat.", "Löwenzahn’s 12th", ""])
            Assert.Equal(ClipTokenizer.Load(Tiny).Encode(text), checkpoint.Tokenizer.Encode(text));
        Assert.Contains(Path.Combine(folder.Path, "tokenizer.json"), checkpoint.Files);
        Assert.DoesNotContain(Path.Combine(folder.Path, "vocab.json"), checkpoint.Files);
    }

    [Fact]
    public void Vocab_json_and_merges_txt_go_first()
    {
        using var folder = CheckpointCopy.Of("ipo-tiny");
        File.WriteAllText(Path.Combine(folder.Path, "tokenizer.json"), "no JSON");
        Assert.Equal("vocab.json with merges.txt", ClipCheckpoint.Open(folder.Path).Tokenizer.Source);
    }

    [Fact]
    public void Start_and_end_may_stand_among_the_added_tokens_alone()
    {
        using var folder = CheckpointCopy.Of("ipo-tiny");
        var path = WriteTokenizer(folder.Path, pairs: false, file =>
        {
            file["model"]!["vocab"]!.AsObject().Remove("<|endoftext|>");
            file["added_tokens"] = JsonNode.Parse("""[{"id":6143,"content":"<|endoftext|>","special":true}]""");
        });
        Assert.Equal(6143, TokenizerJson.Read(path).EndId);
    }

    [Theory]
    [InlineData("model", """{"type":"Unigram"}""", "'model.type' is \"Unigram\"; expected 'BPE'")]
    [InlineData("model.end_of_word_suffix", "null", "'model.end_of_word_suffix' is nothing; expected '</w>'")]
    [InlineData("model.continuing_subword_prefix", "\"##\"", "expected nothing")]
    [InlineData("model.dropout", "0.1", "'model.dropout' is 0.1; expected none")]
    [InlineData("model.ignore_merges", "true", "'model.ignore_merges' is true; expected false")]
    [InlineData("model.byte_fallback", "true", "'model.byte_fallback' is true; expected false")]
    [InlineData("model.novelty", "1", "'model.novelty' is 1; expected no such setting")]
    [InlineData("model.vocab", "[]", "'model.vocab' is []; expected an object of symbol to id")]
    [InlineData("model.vocab.a", "\"x\"", "expected an id")]
    [InlineData("model.merges", "[\"a b c\"]", "'model.merges[0]' is \"a b c\"; expected two symbols")]
    [InlineData("model.merges", "[[\"a\",1]]", "expected two symbols")]
    [InlineData("model.merges", "null", "'model.merges' is nothing")]
    [InlineData("novelty", "{}", "'novelty' is {}; expected no such setting")]
    [InlineData("added_tokens", """[{"id":1,"content":"[PAD]"}]""", "'added_tokens[0].content' is '[PAD]'")]
    [InlineData("added_tokens", """[{"id":1,"content":"<|endoftext|>"}]""", "'added_tokens[0].id' is 1 for '<|endoftext|>'; expected 6143")]
    [InlineData("normalizer", "null", "expected one with Lowercase")]
    [InlineData("normalizer", """{"type":"NFC"}""", "expected one with Lowercase")]
    [InlineData("normalizer", """{"type":"Sequence","normalizers":[{"type":"Lowercase"},{"type":"StripAccents"}]}""", "is 'StripAccents'; expected NFC, Replace or Lowercase")]
    [InlineData("normalizer", """{"type":"Replace","pattern":{"Regex":"a"},"content":" "}""", "'pattern.Regex' is \"a\"")]
    [InlineData("normalizer", """{"type":"Replace","pattern":{"Regex":"\\s+"},"content":"_"}""", "expected ' '")]
    [InlineData("pre_tokenizer", """{"type":"Whitespace"}""", "is 'Whitespace'; expected Split or ByteLevel")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"\\w+"},"behavior":"Removed","invert":true}""", "expected CLIP's expression of words")]
    [InlineData("pre_tokenizer", """{"type":"ByteLevel","add_prefix_space":true}""", "'pre_tokenizer.add_prefix_space' is true; expected false")]
    [InlineData("post_processor", """{"type":"BertProcessing"}""", "is 'BertProcessing'; expected RobertaProcessing or TemplateProcessing")]
    [InlineData("post_processor", """{"type":"RobertaProcessing","cls":["<|startoftext|>",1],"sep":["<|endoftext|>",6143]}""", "is <|startoftext|> (1) A <|endoftext|> (6143)")]
    [InlineData("post_processor", """{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}}]}""", "is A; expected")]
    public void Refuses_by_name_what_clip_s_tokenizer_does_not_do(string setting, string value, string says)
    {
        using var folder = CheckpointCopy.Of("ipo-tiny");
        var path = WriteTokenizer(folder.Path, pairs: false, file =>
        {
            var names = setting.Split('.');
            var parent = names[..^1].Aggregate((JsonNode)file, (node, name) => node[name]!);
            parent[names[^1]] = JsonNode.Parse(value);
        });
        Assert.Contains(says, Assert.Throws<CheckpointException>(() => TokenizerJson.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Takes_start_and_end_from_a_template_too()
    {
        using var folder = CheckpointCopy.Of("ipo-tiny");
        var path = WriteTokenizer(folder.Path, pairs: false, file => file["post_processor"] = JsonNode.Parse("""
            {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<|startoftext|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
            {"SpecialToken":{"id":"<|endoftext|>","type_id":0}}],"special_tokens":{"<|startoftext|>":{"id":"<|startoftext|>","ids":[6142],
            "tokens":["<|startoftext|>"]},"<|endoftext|>":{"id":"<|endoftext|>","ids":[6143],"tokens":["<|endoftext|>"]}}}
            """));
        Assert.Equal(6142, TokenizerJson.Read(path).StartId);
    }

    // The two files as one, with no more in it than the reader needs.
    private static string WriteTokenizer(string folder, bool pairs, Action<JsonObject>? change = null)
    {
        var (vocabulary, merges) = (Path.Combine(folder, "vocab.json"), Path.Combine(folder, "merges.txt"));
        var lines = File.ReadLines(merges).Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal)).ToList();
        var file = new JsonObject
        {
            ["version"] = "1.0",
            ["normalizer"] = new JsonObject { ["type"] = "Lowercase" },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["end_of_word_suffix"] = "</w>",
                ["vocab"] = JsonNode.Parse(File.ReadAllText(vocabulary)),
                ["merges"] = JsonSerializer.SerializeToNode(pairs ? lines.Select(line => (object)line.Split(' ')) : lines),
            },
        };
        change?.Invoke(file);
        File.Delete(vocabulary);
        File.Delete(merges);
        var path = Path.Combine(folder, "tokenizer.json");
        File.WriteAllText(path, file.ToJsonString());
        return path;
    }
}
