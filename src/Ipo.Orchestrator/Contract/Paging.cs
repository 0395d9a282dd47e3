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
    public static Paging<T> Of(IEnumerable<T> all, Func<T, string> keyOf, int size, string token) => Of(
        (after, most) => all.Where(entry => after is null || string.CompareOrdinal(keyOf(entry), after) > 0).Take(most),
        keyOf, size, token);

    /// <summary>Reads a page out of what is not all at hand.</summary>
    /// <param name="read">Reads entries in their order: those after a key, or the first ones where it is null, and at most as
    /// many as it is told.</param>
    /// <param name="keyOf">The key of an entry.</param>
    /// <param name="size">The request's page_size.</param>
    /// <param name="token">The request's page_token.</param>
    /// <exception cref="RefusedException">The size or the token is invalid.</exception>
    public static Paging<T> Of(Func<string?, int, IEnumerable<T>> read, Func<T, string> keyOf, int size, string token)
    {
        if (size is < 0 or > LargestSize)
            throw RefusedException.InvalidField("page_size", $"is {size}; give 1 to {LargestSize}, or 0 for {DefaultSize}.");
        var most = size == 0 ? DefaultSize : size;
        var page = read(Read(token), most + 1).ToList();
        if (page.Count <= most) return new(page, "");
        page.RemoveAt(most);
        return new(page, Convert.ToBase64String(Encoding.UTF8.GetBytes(keyOf(page[^1]))));
    }

    /// <summary>What a token that was made up is told.</summary>
    public static RefusedException NoToken(string token) =>
        RefusedException.InvalidField("page_token", $"is '{token}'; give the next_page_token of the page before, or leave it out.");

    private static string? Read(string token)
    {
        if (token.Length == 0) return null;
        try { return Encoding.UTF8.GetString(Convert.FromBase64String(token)); }
        catch (FormatException) { throw NoToken(token); }
    }
}
