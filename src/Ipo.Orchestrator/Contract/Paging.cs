using System.Text;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Contract;

/// <summary>A page of a list (AIP-158). Its token names the last entry of the page before, so that entries that come or
/// go meanwhile neither repeat others nor hide them.</summary>
/// <param name="Entries">The entries of the page.</param>
/// <param name="NextToken">Asks for the next page; empty on the last one.</param>
internal sealed record Paging<T>(IReadOnlyList<T> Entries, string NextToken)
{
    private const int DefaultSize = 100;
    private const int LargestSize = 1000;

    /// <summary>Cuts a page out of a list.</summary>
    /// <param name="all">The whole list, ordered by key.</param>
    /// <param name="keyOf">The key of an entry; keys are compared as ordinal strings.</param>
    /// <param name="size">The request's page_size.</param>
    /// <param name="token">The request's page_token.</param>
    /// <exception cref="RefusedException">The size or the token is invalid.</exception>
    public static Paging<T> Of(IEnumerable<T> all, Func<T, string> keyOf, int size, string token)
    {
        if (size is < 0 or > LargestSize)
            throw RefusedException.InvalidField("page_size", $"is {size}; give 1 to {LargestSize}, or 0 for {DefaultSize}.");
        var after = Read(token);
        var rest = all.Where(entry => after is null || string.CompareOrdinal(keyOf(entry), after) > 0)
            .Take((size == 0 ? DefaultSize : size) + 1).ToList();
        if (rest.Count <= (size == 0 ? DefaultSize : size)) return new(rest, "");
        rest.RemoveAt(rest.Count - 1);
        return new(rest, Convert.ToBase64String(Encoding.UTF8.GetBytes(keyOf(rest[^1]))));
    }

    private static string? Read(string token)
    {
        if (token.Length == 0) return null;
        try { return Encoding.UTF8.GetString(Convert.FromBase64String(token)); }
        catch (FormatException)
        {
            throw RefusedException.InvalidField(
                "page_token", $"is '{token}'; give the next_page_token of the page before, or leave it out.");
        }
    }
}
