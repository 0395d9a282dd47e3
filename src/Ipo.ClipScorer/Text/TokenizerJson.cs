using System.Text.Json;
using Ipo.ClipScorer.Checkpoints;

namespace Ipo.ClipScorer.Text;

/// <summary>
/// Reads a CLIP tokenizer that stands in one tokenizer.json (Hugging Face's tokenizers). Vocabulary, merges and the ids
/// of start and end are taken from it. How a text is cleaned and split is <see cref="ClipTokenizer"/>'s, whatever the
/// file says: so the file may only say what a CLIP tokenizer's does, and anything else in it is refused by name.
/// </summary>
internal static class TokenizerJson
{
    public const string FileName = "tokenizer.json";

    // OpenAI's expression, as it is written with and without the tokens that it lets through whole.
    private const string Words = @"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";
    private const string WordsAndTokens = @"<\|startoftext\|>|<\|endoftext\|>|" + Words;

    /// <exception cref="CheckpointException">The file is missing, damaged, or no CLIP tokenizer.</exception>
    public static ClipTokenizer Read(string path)
    {
        using var document = CheckpointFile.ReadJson(path);
        var file = new JsonSettings(path, document.RootElement);
        // Cutting and padding are the caller's; the decoder makes text of ids, which is not asked for here.
        file.AllowOnly(
            "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        var vocabulary = Vocabulary(file.Section("model"));
        AddTokens(file, vocabulary);
        CheckNormalizer(file);
        CheckPreTokenizer(file);
        CheckPostProcessor(file, vocabulary);
        return new(vocabulary, Merges(file.Section("model")), FileName);
    }

    private static Dictionary<string, int> Vocabulary(JsonSettings model)
    {
        model.AllowOnly(
            "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback",
            "ignore_merges", "vocab", "merges");
        model.Require("type", "BPE");
        model.Require("end_of_word_suffix", "</w>");
        model.Require("continuing_subword_prefix", "");
        if (model.Number("dropout", 0) != 0) throw model.Wrong("dropout", "none", model.Find("dropout")!.Value.GetRawText());
        // Unknown symbols do not come up: every byte must be in the vocabulary. The other two would give other ids.
        foreach (var name in (string[])["byte_fallback", "ignore_merges"])
            if (model.Flag(name, false)) throw model.Wrong(name, "false", "true");
        return model.Find("vocab") is { ValueKind: JsonValueKind.Object } vocabulary
            ? vocabulary.EnumerateObject().ToDictionary(
                entry => entry.Name,
                entry => entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out var id) && id >= 0 ? id
                    : throw model.Wrong($"vocab['{entry.Name}']", "an id", entry.Value.GetRawText()))
            : throw model.Wrong("vocab", "an object of symbol to id", model.Find("vocab")?.GetRawText() ?? "nothing");
    }

    // As "left right", or since tokenizers 0.20 as ["left", "right"].
    private static List<(string Left, string Right)> Merges(JsonSettings model) =>
        model.Find("merges") is { ValueKind: JsonValueKind.Array } merges
            ? [.. merges.EnumerateArray().Select((merge, at) => Pair(merge) is [var left, var right] ? (left, right)
                : throw model.Wrong($"merges[{at}]", "two symbols", merge.GetRawText()))]
            : throw model.Wrong("merges", "a list of pairs of symbols", model.Find("merges")?.GetRawText() ?? "nothing");

    private static string[] Pair(JsonElement merge) => merge.ValueKind switch
    {
        JsonValueKind.String => merge.GetString()!.Split(' '),
        JsonValueKind.Array when merge.EnumerateArray().All(symbol => symbol.ValueKind == JsonValueKind.String) =>
            [.. merge.EnumerateArray().Select(symbol => symbol.GetString()!)],
        _ => [],
    };

    // Other tokens would be cut out of a text before it is split.
    private static void AddTokens(JsonSettings file, Dictionary<string, int> vocabulary)
    {
        foreach (var token in file.Objects("added_tokens"))
        {
            var (content, id) = (token.Text("content", ""), token.Integer("id"));
            if (content is not (ClipWords.Start or ClipWords.End))
                throw token.Wrong("content", $"'{ClipWords.Start}' or '{ClipWords.End}'", $"'{content}'");
            if (!vocabulary.TryAdd(content, id) && vocabulary[content] != id)
                throw token.Wrong("id", $"{vocabulary[content]}, as in the vocabulary,", $"{id} for '{content}'");
        }
    }

    private static void CheckNormalizer(JsonSettings file)
    {
        var types = new List<string>();
        foreach (var one in Parts(file, "normalizer", "normalizers"))
        {
            var type = one.Text("type", "");
            types.Add(type);
            if (type == "Replace")
            {
                one.Section("pattern").Require("Regex", @"\s+");
                one.Require("content", " ");
            }
            else if (type is not ("NFC" or "Lowercase")) throw one.Wrong("type", "NFC, Replace or Lowercase", $"'{type}'");
        }
        if (!types.Contains("Lowercase"))
            throw file.Wrong("normalizer", "one with Lowercase, as CLIP's has", file.Find("normalizer")?.GetRawText() ?? "nothing");
    }

    private static void CheckPreTokenizer(JsonSettings file)
    {
        foreach (var one in Parts(file, "pre_tokenizer", "pretokenizers"))
        {
            var type = one.Text("type", "");
            if (type == "Split")
            {
                if (one.Section("pattern").Text("Regex", "") is not (Words or WordsAndTokens) and var other)
                    throw one.Wrong("pattern", "CLIP's expression of words", $"'{other}'");
                one.Require("behavior", "Removed");
                if (!one.Flag("invert", false)) throw one.Wrong("invert", "true", "false");
            }
            else if (type != "ByteLevel") throw one.Wrong("type", "Split or ByteLevel", $"'{type}'");
            else if (one.Flag("add_prefix_space", true)) throw one.Wrong("add_prefix_space", "false", "true");
        }
    }

    // Start before a text and end behind it.
    private static void CheckPostProcessor(JsonSettings file, Dictionary<string, int> vocabulary)
    {
        if (file.Find("post_processor") is null) return;
        var processor = file.Section("post_processor");
        string[] around = processor.Text("type", "") switch
        {
            "RobertaProcessing" => [Token(processor.Find("cls")), "A", Token(processor.Find("sep"))],
            "TemplateProcessing" => [.. processor.Objects("single").Select(piece => Piece(processor, piece))],
            var other => throw processor.Wrong("type", "RobertaProcessing or TemplateProcessing", $"'{other}'"),
        };
        string Known(string token) => $"{token} ({vocabulary.GetValueOrDefault(token, -1)})";
        if (!around.SequenceEqual([Known(ClipWords.Start), "A", Known(ClipWords.End)]))
            throw file.Wrong(
                "post_processor", $"{Known(ClipWords.Start)} A {Known(ClipWords.End)}, A for the text", string.Join(' ', around));
    }

    private static string Token(JsonElement? pair) =>
        pair is { ValueKind: JsonValueKind.Array } two && two.GetArrayLength() == 2 ? $"{two[0]} ({two[1]})" : "nothing";

    private static string Piece(JsonSettings processor, JsonSettings piece)
    {
        if (piece.Find("Sequence") is not null) return piece.Section("Sequence").Text("id", "");
        var id = piece.Section("SpecialToken").Text("id", "");
        var ids = processor.Section("special_tokens").Section(id).Find("ids");
        return ids is { ValueKind: JsonValueKind.Array } one && one.GetArrayLength() == 1 ? $"{id} ({one[0]})" : "nothing";
    }

    // A part that is a sequence of others, or one alone, or missing.
    private static IEnumerable<JsonSettings> Parts(JsonSettings file, string name, string inside)
    {
        if (file.Find(name) is null) return [];
        var part = file.Section(name);
        return part.Text("type", "") == "Sequence" ? part.Objects(inside) : [part];
    }
}
