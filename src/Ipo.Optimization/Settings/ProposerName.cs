namespace Ipo.Optimization.Settings;

/// <summary>Who proposes, as people write it: <c>NAME</c>, or <c>NAME/no-history</c> for the control that sees nothing
/// of the past.
/// </summary>
/// <remarks>The control is a mark on a proposer and none of its own, because it must differ from that proposer in one
/// thing alone. It is decided here and not in a setting of the run (a memory of size 0 does the same for a whole run),
/// so that both can stand in one run and be compared on the same images and steps.
/// </remarks>
/// <param name="Service">Name under which the proposer's service has it; empty means its default one.</param>
/// <param name="SeesHistory">Whether it is shown what was tried.</param>
public sealed record ProposerName(string Service, bool SeesHistory)
{
    private const string NoHistory = "no-history";
    private const string Suffix = "/" + NoHistory;
    private const int MostInAMix = 8;

    /// <summary>The paper's method.</summary>
    public const string Paper = "ipo";

    /// <summary>The embedded control.</summary>
    public const string RandomWords = "random-words";

    /// <summary>Whether it is the control that puts random words into templates.</summary>
    public bool IsRandomWords => Service == RandomWords;

    /// <summary>Reads a name. <c>no-history</c> alone is the default proposer without a history.</summary>
    public static ProposerName Parse(string text)
    {
        var name = text.Trim();
        var blind = name == NoHistory || name.EndsWith(Suffix, StringComparison.Ordinal);
        var service = name == NoHistory ? "" : blind ? name[..^Suffix.Length] : name;
        return new(service == "openai" ? Paper : service, !blind); // its name while it was the only one with a language model
    }

    /// <summary>Reads a setting: names with commas between them share a run.</summary>
    public static IReadOnlyList<ProposerName> Mix(string setting) => [.. setting.Split(',').Select(Parse)];

    /// <summary>What is wrong with a setting, as a sentence; null where nothing is.</summary>
    public static string? FirstError(string setting)
    {
        var mix = Mix(setting);
        if (mix.Count > MostInAMix) return $"proposer names {mix.Count} proposers; give at most {MostInAMix}.";
        if (mix.Count > 1 && setting.Split(',').Any(string.IsNullOrWhiteSpace))
            return $"proposer is '{setting}'; put a name on both sides of every comma.";
        return mix.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? $"proposer is '{setting}', which names '{twice.Key}' twice; give each once."
            : null;
    }

    /// <summary>The name as <see cref="Parse"/> reads it.</summary>
    public override string ToString() => SeesHistory ? Service : Service.Length == 0 ? NoHistory : Service + Suffix;
}
