using System.Text.RegularExpressions;
using Ipo.Orchestrator.Errors;
using Ipo.ServiceDefaults.Standards;

namespace Ipo.Orchestrator.Datasets;

/// <summary>What a dataset may be called: a word that a command line takes without quotation marks.</summary>
internal static partial class DatasetName
{
    private const int LongestCharacters = 64;

    /// <summary>Checks a name that a person chose.</summary>
    /// <returns>The name, letters with their accents composed.</returns>
    /// <exception cref="RefusedException">It is none.</exception>
    public static string Check(string name) => Rule().IsMatch(ComposedText.Of(name))
        ? ComposedText.Of(name)
        : throw RefusedException.InvalidField("name", $"'{name}' is invalid: use 1 to 64 letters, digits, '-', '_' or '.'.");

    /// <summary>Makes a name of a folder's or a zip's: "My Photos (2024)" becomes "My-Photos-2024".</summary>
    /// <exception cref="RefusedException">Nothing in it can stand in a name.</exception>
    public static string Of(string fileName)
    {
        var made = Others().Replace(ComposedText.Of(fileName), "-").Trim('-');
        if (made.Length > LongestCharacters) made = made[..LongestCharacters].TrimEnd('-');
        return Rule().IsMatch(made)
            ? made
            : throw RefusedException.InvalidField(
                "name", $"is empty, and '{fileName}' gives none; use 1 to 64 letters, digits, '-', '_' or '.' (on the "
                    + "command line with --name).");
    }

    [GeneratedRegex(@"^[\p{L}\p{M}\p{N}_.\-]{1,64}\z")]
    private static partial Regex Rule();

    [GeneratedRegex(@"[^\p{L}\p{M}\p{N}_.\-]+")]
    private static partial Regex Others();
}
