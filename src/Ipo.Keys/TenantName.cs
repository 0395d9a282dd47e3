using System.Text.RegularExpressions;

namespace Ipo.Keys;

/// <summary>Names of tenants: those whose callers see each other's datasets and runs, and nobody else's. A name is a
/// folder's too, so capitals are no part of it: some disks do not tell them apart.</summary>
public static partial class TenantName
{
    /// <summary>The tenant of whoever calls a service that asks nobody, and of what was there before there were
    /// tenants.</summary>
    public const string Local = "local";

    /// <summary>What a name takes, for messages.</summary>
    public const string Rule = "1 to 63 lower-case letters, digits, '-' or '_', beginning with a letter or a digit";

    /// <summary>Whether a text is a name.</summary>
    public static bool IsOne(string text) => Name().IsMatch(text);

    [GeneratedRegex(@"^[a-z0-9][a-z0-9_\-]{0,62}\z")]
    private static partial Regex Name();
}
