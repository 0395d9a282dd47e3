using System.Text.Json;
using Ipo.ClipScorer.Text;
using Xunit;

namespace Ipo.Tests.ClipScorer.Text;

/// <summary>tokens.json of the goldens: texts, and the ids that the reference gives them.</summary>
internal static class TokenGoldens
{
    /// <summary>Compares a tokenizer with every text of the file.</summary>
    /// <param name="folder">The golden's folder.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="padId">The id that fills ids up to the context of 64.</param>
    /// <param name="ids">Which ids are expected of an entry, and null where it is left out.</param>
    public static void Compare(string folder, ITokenizer tokenizer, int padId, Func<JsonElement, JsonElement?> ids)
    {
        using var goldens = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "tokens.json")));
        var (compared, all) = (0, 0);
        foreach (var golden in goldens.RootElement.EnumerateArray())
        {
            all++;
            if (ids(golden) is not { } expected) continue;
            var text = golden.GetProperty("text").GetString()!;
            var (found, wanted) = (tokenizer.Encode(text), Ids(expected));
            Assert.True(wanted.SequenceEqual(found), $"'{text}': expected {string.Join(' ', wanted)}, found {string.Join(' ', found)}");
            if (wanted.SequenceEqual(Ids(golden.GetProperty("ids_unpadded"))))
                Assert.Equal(Ids(golden.GetProperty("ids")), found.Length > 64 ? tokenizer.Cut(found, 64) : [.. found, .. Enumerable.Repeat(padId, 64 - found.Length)]);
            compared++;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{compared} of {all} texts equal.");
        Assert.True(compared >= 55);
    }

    private static int[] Ids(JsonElement ids) => [.. ids.EnumerateArray().Select(id => id.GetInt32())];
}
