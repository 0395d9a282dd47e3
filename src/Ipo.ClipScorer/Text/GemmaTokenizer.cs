using Ipo.ClipScorer.Checkpoints;

namespace Ipo.ClipScorer.Text;

/// <summary>The tokenizer of Gemma and of SigLIP 2, by its tokenizer.json: a BPE over characters that falls to bytes. Special
/// tokens that a text spells out become their ids, as in the tokenizers library. Thread-safe.</summary>
internal sealed class GemmaTokenizer : ITokenizer
{
    public const string FileName = "tokenizer.json";

    private readonly GemmaTokenizerFile _file;

    private GemmaTokenizer(GemmaTokenizerFile file) => _file = file;

    public string Source => FileName;

    /// <summary>One more than the largest id.</summary>
    public int VocabularySize => _file.VocabularySize;

    /// <summary>Reads tokenizer.json.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="lowerCases">Whether texts are lower-cased where the file does not say so itself.</param>
    /// <exception cref="CheckpointException">It is missing, damaged, or of another kind.</exception>
    public static GemmaTokenizer Load(string folder, bool lowerCases) => new(GemmaTokenizerFile.Read(folder, lowerCases));

    /// <summary>The id of a token; null where the vocabulary has none of this name.</summary>
    public int? IdOf(string token) => _file.Ids.TryGetValue(token, out var id) ? id : null;

    public int[] Encode(string text)
    {
        var ids = new List<int>(_file.Before);
        foreach (var (id, part) in _file.Added.Split(text))
        {
            if (id is { } added) ids.Add(added);
            else _file.Merges.Encode(_file.Normalise(part), ids);
        }
        return [.. ids, .. _file.Behind];
    }

    public int[] Cut(int[] ids, int length) => [.. ids.Take(length - _file.Behind.Count), .. _file.Behind];
}
