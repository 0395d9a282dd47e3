using System.Text;
using Google.Protobuf;
using Ipo.ClipScorer.Checkpoints;
using Microsoft.ML.Tokenizers;

namespace Ipo.ClipScorer.Text;

/// <summary>SigLIP's tokenizer: lower case, no ASCII punctuation, then SentencePiece's unigram model in spiece.model, equal to
/// transformers' SiglipTokenizer but for special tokens that a text spells out: they are text here, so their
/// brackets go and their letters stay. Thread-safe.</summary>
internal sealed class SiglipTokenizer : ITokenizer
{
    public const string FileName = "spiece.model";

    // Python's string.punctuation.
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    // SigLIP's models have no start token, and the library cannot read a model without one. So the model is read as if
    // id 1, which is a control token in every layout of SentencePiece, were it: a second trainer_spec (field 2) of one
    // field, bos_id (41), is merged into the first. No text is ever given a start token.
    private static readonly byte[] SomeStartToken = [0x12, 3, 0xC8, 0x02, 1];

    private readonly SentencePieceTokenizer _model;

    private SiglipTokenizer(SentencePieceTokenizer model) => _model = model;

    public string Source => FileName;

    /// <summary>The id every text ends with.</summary>
    public int EndId => _model.EndOfSentenceId;

    /// <summary>One more than the largest id.</summary>
    public int VocabularySize => _model.Vocabulary.Values.Max() + 1;

    /// <summary>Reads spiece.model of a SigLIP folder.</summary>
    /// <exception cref="CheckpointException">It is missing, or is no SentencePiece model.</exception>
    public static SiglipTokenizer Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        using var model = new MemoryStream();
        using (var file = CheckpointFile.OpenRead(path)) file.CopyTo(model);
        if (model.Length == 0) throw Damaged(null);
        model.Write(SomeStartToken);
        model.Position = 0;
        try
        {
            var tokenizer = SentencePieceTokenizer.Create(model, addBeginningOfSentence: false, addEndOfSentence: false);
            // The library ends its texts with that character, and gets lost in a piece that has one.
            return tokenizer.Vocabulary.Keys.All(piece => !piece.Contains('\0', StringComparison.Ordinal)) ? new(tokenizer)
                : throw new NotSupportedException("a piece has the character U+0000");
        }
        catch (Exception damaged) when (damaged is InvalidProtocolBufferException or ArgumentException or NullReferenceException
            or IndexOutOfRangeException or InvalidOperationException or NotSupportedException)
        {
            throw Damaged(damaged);
        }

        CheckpointException Damaged(Exception? why) => new(
            $"{path} is not a SentencePiece model that can be read{(why is null ? "" : $" ({why.Message.ReplaceLineEndings(" ")})")}. "
            + $"Take {FileName} from the checkpoint again; a Git LFS pointer is not the file.", why!);
    }

    /// <summary>The id of a token; null where the vocabulary has none of this name.</summary>
    public int? IdOf(string token) => _model.Vocabulary.TryGetValue(token, out var id) ? id : null;

    public int[] Encode(string text)
    {
        var found = _model.EncodeToIds(Clean(text));
        var ids = new List<int>(found.Count + 1);
        // SentencePiece joins unknown characters in a row to one unknown piece; the library gives one for each.
        foreach (var id in found)
            if (id != _model.UnknownId || ids.Count == 0 || ids[^1] != id) ids.Add(id);
        return [.. ids, EndId];
    }

    public int[] Cut(int[] ids, int length) => [.. ids.Take(length - 1), EndId];

    // transformers' tokenization_siglip.py, canonicalize_text: nothing is put in punctuation's place, and white space is
    // folded behind that.
    private static string Clean(string text)
    {
        var cleaned = new StringBuilder(text.Length);
        foreach (var character in CharacterCase.Lower(text))
        {
            if (Punctuation.Contains(character, StringComparison.Ordinal)) continue;
            // Python's white space has the four information separators too.
            var space = char.IsWhiteSpace(character) || character is >= '\x1C' and <= '\x1F';
            if (!space) cleaned.Append(character);
            else if (cleaned.Length > 0 && cleaned[^1] != ' ') cleaned.Append(' ');
        }
        return cleaned.ToString().TrimEnd(' ');
    }
}
