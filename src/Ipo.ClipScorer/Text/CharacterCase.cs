using System.Text;

namespace Ipo.ClipScorer.Text;

/// <summary>Lower case, character by character: what stands around a letter changes nothing, so a final capital sigma
/// becomes σ, as in the tokenizers of both SigLIPs. (CLIP's lower-cases whole texts, <see cref="ClipWords"/>.)</summary>
internal static class CharacterCase
{
    /// <summary>The text in lower case; half a surrogate pair, which is no text, becomes U+FFFD.</summary>
    public static string Lower(string text)
    {
        var lower = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            // The one code point whose lower case is two without a context (SpecialCasing.txt).
            if (rune.Value == 'İ') lower.Append("i\u0307");
            else lower.Append(Rune.ToLowerInvariant(rune).ToString());
        }
        return lower.ToString();
    }
}
