using System.Collections.Concurrent;
using System.Text.Json;
using Ipo.ClipScorer.Checkpoints;

namespace Ipo.ClipScorer.Text;

/// <summary>CLIP's byte-level BPE tokenizer, equal to OpenAI's and open_clip's with their text repair. Thread-safe.</summary>
internal sealed class ClipTokenizer : ITokenizer
{
    private const string VocabularyFile = "vocab.json";
    private const string MergesFile = "merges.txt";

    // Words of prompts and class names repeat; the bound keeps hostile text from growing the memory.
    private const int RememberedWords = 65_536;

    private readonly BytePairMerges _merges;
    private readonly ConcurrentDictionary<string, int[]> _words = new(StringComparer.Ordinal);

    /// <param name="vocabulary">Symbol to id, the two special tokens included.</param>
    /// <param name="merges">Pairs of symbols in the order they were learned.</param>
    /// <param name="source">The files they come from, for messages.</param>
    public ClipTokenizer(
        IReadOnlyDictionary<string, int> vocabulary, IReadOnlyList<(string Left, string Right)> merges,
        string source = $"{VocabularyFile} with {MergesFile}")
    {
        Source = source;
        _merges = new(vocabulary, merges, source);
        // From the vocabulary, not from config.json: some published configurations carry a wrong
        // eos_token_id (huggingface/transformers#24773).
        StartId = Special(vocabulary, ClipWords.Start, source);
        EndId = Special(vocabulary, ClipWords.End, source);
        VocabularySize = vocabulary.Values.Max() + 1;
        _words[ClipWords.Start] = [StartId];
        _words[ClipWords.End] = [EndId];
    }

    /// <summary>The id every text starts with.</summary>
    public int StartId { get; }

    /// <summary>The id every text ends with, and where the text tower is read.</summary>
    public int EndId { get; }

    /// <summary>One more than the largest id.</summary>
    public int VocabularySize { get; }

    public string Source { get; }

    /// <summary>The files that the tokenizer of a Hugging Face CLIP folder is read from: vocab.json and merges.txt, or
    /// tokenizer.json where it stands there without them.</summary>
    public static IReadOnlyList<string> Files(string folder)
    {
        string[] two = [Path.Combine(folder, VocabularyFile), Path.Combine(folder, MergesFile)];
        string[] one = [Path.Combine(folder, TokenizerJson.FileName)];
        return Array.Exists(two, File.Exists) || !Array.Exists(one, File.Exists) ? two : one;
    }

    /// <summary>Reads the tokenizer of a Hugging Face CLIP folder.</summary>
    /// <exception cref="CheckpointException">A file is missing or is not what CLIP's tokenizer needs.</exception>
    public static ClipTokenizer Load(string folder) => Files(folder) switch
    {
        [var vocabulary, var merges] => new(ReadVocabulary(vocabulary), ReadMerges(merges)),
        var files => TokenizerJson.Read(files[0]),
    };

    /// <summary>
    /// The ids of a text with start and end, however long the text is. As in OpenAI's tokenizer, the special tokens
    /// spelled out in the text become their ids; the tower reads a text at its first end id.
    /// </summary>
    public int[] Encode(string text) => [StartId, .. Words(text), EndId];

    public string Repair(string text) => ClipWords.Repair(text);

    /// <summary>Cuts ids before the place of the end token, as OpenAI's tokenizer does with <c>truncate</c>.</summary>
    public int[] Cut(int[] ids, int length) => [.. ids.Take(length - 1), EndId];

    private List<int> Words(string text)
    {
        var ids = new List<int>();
        foreach (var word in ClipWords.Split(ClipWords.Clean(text)))
        {
            if (!_words.TryGetValue(word, out var known))
            {
                known = _merges.Encode(word);
                if (_words.Count < RememberedWords) _words.TryAdd(word, known);
            }
            ids.AddRange(known);
        }
        return ids;
    }

    private static int Special(IReadOnlyDictionary<string, int> vocabulary, string token, string source) =>
        vocabulary.TryGetValue(token, out var id) ? id : throw new CheckpointException(
            $"The vocabulary of {source} has no '{token}', which CLIP's tokenizer starts or ends every text with. "
            + "Take the tokenizer's files from a CLIP checkpoint.");

    private static Dictionary<string, int> ReadVocabulary(string path)
    {
        using var stream = CheckpointFile.OpenRead(path);
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, int>>(stream) is { Count: > 0 } vocabulary ? vocabulary
                : throw new CheckpointException($"{path} holds no vocabulary. Take vocab.json from the checkpoint again.");
        }
        catch (JsonException notJson)
        {
            throw new CheckpointException(
                $"{path} is not a JSON object of symbol to id ({CheckpointFile.Where(notJson)}). "
                + "Take vocab.json from the checkpoint again.", notJson);
        }
    }

    private static List<(string, string)> ReadMerges(string path)
    {
        using var reader = new StreamReader(CheckpointFile.OpenRead(path));
        var merges = new List<(string, string)>();
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.Length == 0 || (number == 1 && line.StartsWith("#version", StringComparison.Ordinal))) continue;
            var parts = line.Split(' ');
            if (parts.Length != 2) throw new CheckpointException(
                $"{path}, line {number}, is '{line}'; expected two symbols with a blank between them. "
                + "Take merges.txt from the checkpoint again.");
            merges.Add((parts[0], parts[1]));
        }
        return merges;
    }
}
