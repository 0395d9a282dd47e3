using System.Text.Json;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Text;

namespace Ipo.ClipScorer.Families.Siglip;

/// <summary>How texts become ids: SigLIP's spiece.model, or SigLIP 2's tokenizer.json, and the id that pads them.</summary>
/// <param name="Tokenizer">From a text to its ids, without padding.</param>
/// <param name="PadId">The id that fills a text up to the context.</param>
/// <param name="VocabularySize">One more than the largest id.</param>
/// <param name="Files">The paths of the files that decide ids.</param>
internal sealed record SiglipTexts(ITokenizer Tokenizer, int PadId, int VocabularySize, IReadOnlyList<string> Files)
{
    private const string SettingsFile = "tokenizer_config.json";
    private const string SpecialTokensFile = "special_tokens_map.json";

    /// <exception cref="CheckpointException">A file is missing or damaged, or says something else than SigLIP's do.</exception>
    public static SiglipTexts Load(string folder)
    {
        var path = Path.Combine(folder, SettingsFile);
        using var document = CheckpointFile.ReadJson(path);
        var settings = new JsonSettings(path, document.RootElement);
        // Both were trained on lower-cased text, and transformers' tokenizers lower-case where nothing is said.
        var lowerCases = settings.Flag("do_lower_case", true);
        var (unigram, bytePairs) = (Path.Combine(folder, SiglipTokenizer.FileName), Path.Combine(folder, GemmaTokenizer.FileName));
        if (File.Exists(unigram))
        {
            if (!lowerCases) throw settings.Wrong("do_lower_case", "true, as SigLIP was trained", "false");
            var siglip = SiglipTokenizer.Load(folder);
            return Of(siglip, siglip.IdOf, siglip.VocabularySize, unigram);
        }
        if (!File.Exists(bytePairs))
            throw new CheckpointException(
                $"{folder} has neither {SiglipTokenizer.FileName} (SigLIP) nor {GemmaTokenizer.FileName} (SigLIP 2), so texts cannot be "
                + "tokenized. Take the file from the checkpoint.");
        var gemma = GemmaTokenizer.Load(folder, lowerCases);
        return Of(gemma, gemma.IdOf, gemma.VocabularySize, bytePairs);

        SiglipTexts Of(ITokenizer tokenizer, Func<string, int?> idOf, int vocabularySize, string file)
        {
            var token = PadToken(folder, settings);
            var id = idOf(token) ?? throw settings.Wrong("pad_token", $"a token of {tokenizer.Source}", $"\"{token}\"");
            return new(tokenizer, id, vocabularySize, [file, path, Path.Combine(folder, SpecialTokensFile)]);
        }
    }

    // Padding is computed like text, so a guess would change every embedding.
    private static string PadToken(string folder, JsonSettings settings)
    {
        if (Token(settings) is { } token) return token;
        var path = Path.Combine(folder, SpecialTokensFile);
        if (!File.Exists(path)) throw settings.Wrong("pad_token", "the token that pads texts", "nothing");
        using var document = CheckpointFile.ReadJson(path);
        var map = new JsonSettings(path, document.RootElement);
        return Token(map) ?? throw map.Wrong("pad_token", "the token that pads texts", "nothing");
    }

    private static string? Token(JsonSettings settings) => settings.Find("pad_token") switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Object } => settings.Section("pad_token").Text("content", ""),
        { } other => throw settings.Wrong("pad_token", "a token", other.GetRawText()),
    };
}
