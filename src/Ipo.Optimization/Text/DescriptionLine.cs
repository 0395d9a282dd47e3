using static System.FormattableString;

namespace Ipo.Optimization.Text;

/// <summary>A description as an instruction shows it: on a line of its own, and as data.</summary>
public static class DescriptionLine
{
    /// <summary>Longest description that is shown, in characters; the rest is cut at a word.</summary>
    public const int MaximumLength = 400;

    /// <summary>The line that shows a description.</summary>
    internal static string Of(int image, string description) => Invariant($"Image {image}: {Quote(description)}");

    // Text from models is data: no fence, no tag and no line break of it may reach the instruction.
    internal static string Quote(string description) =>
        OneLine.Of(string.Concat(description.Where(c => c is not ('<' or '>' or '`'))), MaximumLength);
}
