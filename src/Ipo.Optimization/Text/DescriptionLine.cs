using static System.FormattableString;

namespace Ipo.Optimization.Text;

/// <summary>A description as an instruction shows it: on a line of its own, and as data.</summary>
public static class DescriptionLine
{
    /// <summary>Longest description that is shown, in characters; the rest is cut at a word.</summary>
    public const int MaximumLength = 400;

    /// <summary>The line that shows a description.</summary>
    internal static string Of(int image, string description) => Invariant($"Image {image}: {Quote(description)}");

    // What tags, fences, chat markers ("<|im_start|>", "[INST]") and calls of tools ("{...}") are made of, also as full-width
    // and small forms, which some models read as the plain ones.
    private const string Marks = "<>`[]{}|\uFF1C\uFF1E\uFF40\uFF3B\uFF3D\uFF5B\uFF5D\uFF5C\uFE64\uFE65\uFE5B\uFE5C";

    // Text from models is data: no fence, no tag, no marker and no line break of it may reach the instruction.
    internal static string Quote(string description) =>
        OneLine.Of(string.Concat(description.Where(c => !Marks.Contains(c, StringComparison.Ordinal))), MaximumLength);

    /// <summary>A class's name as an instruction shows it, between quotation marks.</summary>
    internal static string QuoteName(string name) => $"\"{Quote(name.Replace('"', '\''))}\"";
}
