using System.Text;

namespace Ipo.ClipScorer.Text.Repair;

/// <summary>Undoes mojibake: UTF-8 that somebody read in another charset, once or several times ("cafÃ©"), and
/// Windows-1252 that was read as Latin-1.</summary>
internal static class Mojibake
{
    /// <summary>The text as it was meant; the same text where nothing about it is suspicious.</summary>
    public static string Undo(string text)
    {
        while (true)
        {
            var before = text;
            text = UndoOnce(text);
            if (text == before) return text;
        }
    }

    private static string UndoOnce(string text)
    {
        if (Ascii.IsValid(text) || !Suspicion.FallsOn(text)) return text;
        foreach (var charset in Charset.All)
            if (charset.Encode(text) is { } bytes && MisreadUtf8.Decode(bytes, charset) is { } meant) return meant;
        var pieces = UndoPieces(text);
        return pieces != text ? pieces : WithoutControls(text);
    }

    // Where the whole is not consistent, whatever piece of it looks like UTF-8. Never a piece behind a character that
    // could belong to it: a few characters out of a long garble would become any others.
    private static string UndoPieces(string text)
    {
        var undone = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var length = at > 0 && Charset.Continues(text[at - 1], alsoAlone: false) ? 0 : Charset.SequencesAt(text, at);
            if (length == 0)
            {
                undone.Append(text[at++]);
                continue;
            }
            var piece = text.Substring(at, length);
            undone.Append(length < text.Length && Suspicion.FallsOn(piece) ? Undo(piece) : piece);
            at += length;
        }
        return undone.ToString();
    }

    // Nobody writes the controls from 80 to 9F. They are Windows-1252's quotes, dashes and letters, read as Latin-1.
    private static string WithoutControls(string text) => string.Create(text.Length, text, static (characters, from) =>
    {
        for (var at = 0; at < from.Length; at++)
            characters[at] = from[at] is >= '\x80' and <= '\x9F' ? Charset.Windows1252.Decode((byte)from[at]) : from[at];
    });
}
