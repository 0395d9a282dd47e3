using System.Globalization;
using System.Text;
using System.Text.Json;
using Ipo.ClipScorer.Checkpoints;

namespace Ipo.ClipScorer.Text;

/// <summary>tokenizer.json of the tokenizers library, as far as Gemma's kind needs it: a BPE with byte fallback, normalizers
/// Lowercase and Replace, a post-processor that puts tokens around a text. What else stands there and would change an
/// id is refused by its name.</summary>
/// <param name="Ids">Token to id, added tokens included.</param>
/// <param name="Merges">The pairs.</param>
/// <param name="Added">Tokens looked for before anything else.</param>
/// <param name="Normalise">What is done to the text between them.</param>
/// <param name="Before">Ids in front of every text.</param>
/// <param name="Behind">Ids behind every text.</param>
internal sealed record GemmaTokenizerFile(
    IReadOnlyDictionary<string, int> Ids, SymbolMerges Merges, AddedTokens Added, Func<string, string> Normalise,
    IReadOnlyList<int> Before, IReadOnlyList<int> Behind)
{
    private const string Space = " ";

    /// <summary>One more than the largest id.</summary>
    public int VocabularySize { get; } = Ids.Values.Max() + 1;

    public static GemmaTokenizerFile Read(string folder, bool lowerCases)
    {
        var path = Path.Combine(folder, GemmaTokenizer.FileName);
        using var document = CheckpointFile.ReadJson(path);
        var json = new JsonSettings(path, document.RootElement);
        try
        {
            var model = json.Section("model");
            RequireBytePairs(model);
            var vocabulary = model.Find("vocab") ?? throw model.Wrong("vocab", "an object of token to id", "nothing");
            var ids = vocabulary.EnumerateObject()
                .ToDictionary(entry => entry.Name, entry => entry.Value.GetInt32(), StringComparer.Ordinal);
            var merges = ReadMerges(json, model, ids);
            var added = ReadAdded(json);
            foreach (var (token, id) in added) ids[token] = id;
            var (normalise, replacesSpaces) = Normaliser(json, lowerCases);
            RequireNoWords(json, replacesSpaces);
            var (before, behind) = Around(json, ids);
            return new(ids, merges, new(added), normalise, before, behind);
        }
        catch (Exception damaged) when (damaged is InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new CheckpointException(
                $"{path} is not a file of the tokenizers library as Gemma's tokenizer has it ({damaged.Message}). "
                + "Take it from the checkpoint again.", damaged);
        }
    }

    private static void RequireBytePairs(JsonSettings model)
    {
        if (model.Text("type", "") is var type and not "BPE")
            throw model.Wrong("type", "\"BPE\", as SigLIP 2's (for SigLIP's Unigram, take spiece.model into the folder)", $"\"{type}\"");
        if (!model.Flag("byte_fallback", false)) throw model.Wrong("byte_fallback", "true, as in Gemma's tokenizer", "false");
        if (model.Flag("ignore_merges", false)) throw model.Wrong("ignore_merges", "false, as in Gemma's tokenizer", "true");
        foreach (var setting in (string[])["dropout", "continuing_subword_prefix", "end_of_word_suffix"])
            if (model.Find(setting) is { } value && value.ToString() is not ("" or "0" or "0.0"))
                throw model.Wrong(setting, "nothing, as in Gemma's tokenizer", value.GetRawText());
    }

    private static SymbolMerges ReadMerges(JsonSettings json, JsonSettings model, Dictionary<string, int> ids)
    {
        var characters = new Dictionary<Rune, int>();
        foreach (var (token, id) in ids)
            if (token.Length > 0 && Rune.TryGetRuneAt(token, 0, out var rune) && rune.Utf16SequenceLength == token.Length)
                characters[rune] = id;
        int[] bytes = [.. Enumerable.Range(0, 256).Select(value => Id(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")))];
        var pairs = new Dictionary<(int, int), (int, int)>();
        var rank = 0;
        foreach (var merge in (model.Find("merges") ?? throw model.Wrong("merges", "a list of pairs", "nothing")).EnumerateArray())
        {
            // Newer files write ["a", "b"], older ones "a b".
            string[] parts = merge.ValueKind == JsonValueKind.Array
                ? [.. merge.EnumerateArray().Select(part => part.GetString()!)]
                : merge.GetString()!.Split(' ');
            if (parts.Length != 2) throw model.Wrong("merges", "pairs of symbols", merge.GetRawText());
            pairs[(Id(parts[0]), Id(parts[1]))] = (rank++, Id(parts[0] + parts[1]));
        }
        return new(characters, bytes, pairs);

        int Id(string token) => ids.TryGetValue(token, out var id) ? id : throw new CheckpointException(
            $"{json.Path}: 'model.vocab' has no '{token}', which its merges or its byte fallback need. "
            + "Take the file from the checkpoint again.");
    }

    private static Dictionary<string, int> ReadAdded(JsonSettings json)
    {
        var added = new Dictionary<string, int>(StringComparer.Ordinal);
        if (json.Find("added_tokens") is not { } tokens) return added;
        foreach (var token in tokens.EnumerateArray())
        {
            var settings = new JsonSettings(json.Path, token, "added_tokens");
            foreach (var setting in (string[])["single_word", "lstrip", "rstrip", "normalized"])
                if (settings.Flag(setting, false))
                    throw settings.Wrong(setting, "false, as in Gemma's tokenizer", $"true for {settings.Text("content", "")}");
            if (settings.Text("content", "") is { Length: > 0 } content) added[content] = settings.Integer("id");
        }
        return added;
    }

    private static (Func<string, string> Normalise, bool ReplacesSpaces) Normaliser(JsonSettings json, bool lowerCases)
    {
        var steps = Steps(json, "normalizer", "normalizers").ToList();
        var lowers = steps.Exists(step => step.Text("type", "") == "Lowercase");
        var all = new List<Func<string, string>>();
        if (lowerCases && !lowers) all.Add(CharacterCase.Lower);
        var replacesSpaces = false;
        foreach (var step in steps)
        {
            switch (step.Text("type", ""))
            {
                case "Lowercase":
                    all.Add(CharacterCase.Lower);
                    break;
                case "Replace":
                    var (pattern, content) = (Pattern(step), step.Text("content", ""));
                    replacesSpaces |= pattern == Space && !content.Contains(Space, StringComparison.Ordinal);
                    all.Add(text => text.Replace(pattern, content, StringComparison.Ordinal));
                    break;
                case var other:
                    throw step.Wrong("type", "\"Lowercase\" or \"Replace\", as in Gemma's tokenizer", $"\"{other}\"");
            }
        }
        return (text => all.Aggregate(text, (changed, step) => step(changed)), replacesSpaces);
    }

    // Gemma's file splits at spaces that its normalizer has taken away: a whole text is one word.
    private static void RequireNoWords(JsonSettings json, bool replacesSpaces)
    {
        foreach (var step in Steps(json, "pre_tokenizer", "pretokenizers"))
            if (step.Text("type", "") is var type && (type != "Split" || Pattern(step) != Space || !replacesSpaces))
                throw step.Wrong("type", "\"Split\" at spaces that the normalizer replaces, as in Gemma's tokenizer", $"\"{type}\"");
    }

    private static (int[] Before, int[] Behind) Around(JsonSettings json, Dictionary<string, int> ids)
    {
        if (json.Find("post_processor") is null) return ([], []);
        var processor = json.Section("post_processor");
        if (processor.Text("type", "") is var type and not "TemplateProcessing")
            throw processor.Wrong("type", "\"TemplateProcessing\", as in Gemma's tokenizer", $"\"{type}\"");
        var single = (processor.Find("single") ?? throw processor.Wrong("single", "a list", "nothing")).EnumerateArray().ToList();
        var at = single.FindIndex(part => part.TryGetProperty("Sequence", out _));
        if (at < 0) throw processor.Wrong("single", "a list with one Sequence", JsonSerializer.Serialize(single));
        return ([.. single[..at].Select(Special)], [.. single[(at + 1)..].Select(Special)]);

        int Special(JsonElement part) => ids[part.GetProperty("SpecialToken").GetProperty("id").GetString()!];
    }

    // One step, or those of a Sequence.
    private static IEnumerable<JsonSettings> Steps(JsonSettings json, string name, string parts)
    {
        if (json.Find(name) is not { } value) return [];
        var whole = json.Section(name);
        if (whole.Text("type", "") != "Sequence") return [whole];
        return value.GetProperty(parts).EnumerateArray().Select(part => new JsonSettings(json.Path, part, name));
    }

    private static string Pattern(JsonSettings step) =>
        step.Section("pattern").Find("String") is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } pattern
            ? pattern : throw step.Wrong("pattern", "a String", step.Find("pattern")?.GetRawText() ?? "nothing");
}
