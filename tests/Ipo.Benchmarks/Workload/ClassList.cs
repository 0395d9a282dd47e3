using System.Text.Json;
using Ipo.ClipScorer.Text;

namespace Ipo.Benchmarks.Workload;

/// <summary>
/// A thousand class names made up from the vocabulary's own words. Not ImageNet's list, which is not ours to ship; what matters for
/// speed is kept: its names' mean length of 2.17 tokens and its longest name of 12.
/// </summary>
internal static class ClassList
{
    // How many names have 1, 2, 3 … tokens: 1,000 in all, 2,172 tokens. Only mean and maximum are known of ImageNet's list under
    // CLIP's tokenizer; the shape between them falls as such lists do.
    private static readonly int[] NamesOfLength = [360, 360, 150, 70, 30, 14, 8, 4, 2, 1, 0, 1];

    /// <summary>The same names on every machine, in a fixed order, lengths mixed.</summary>
    public static IReadOnlyList<string> Make(string folder, ITokenizer tokenizer)
    {
        var random = new Random(2);
        var words = Words(folder, tokenizer);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var length = 1; length <= NamesOfLength.Length; length++)
            for (var made = 0; made < NamesOfLength[length - 1];)
            {
                var name = string.Join(' ', Enumerable.Range(0, length).Select(_ => words[random.Next(words.Count)]));
                if (tokenizer.Encode(name).Length == length + 2 && names.Add(name)) made++;
            }
        var mixed = names.ToArray();
        random.Shuffle(mixed);
        return mixed;
    }

    /// <summary>Tokens of a name without start and end.</summary>
    public static int Tokens(string name, ITokenizer tokenizer) => tokenizer.Encode(name).Length - 2;

    private static List<string> Words(string folder, ITokenizer tokenizer)
    {
        const string end = "</w>";
        using var vocabulary = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "vocab.json")));
        return [.. vocabulary.RootElement.EnumerateObject().Select(entry => entry.Name)
            .Where(symbol => symbol.EndsWith(end, StringComparison.Ordinal) && symbol.Length > end.Length + 2 && symbol[..^end.Length].All(char.IsAsciiLetterLower))
            .Select(symbol => symbol[..^end.Length])
            .Where(word => Tokens(word, tokenizer) == 1)
            .Order(StringComparer.Ordinal)];
    }
}
