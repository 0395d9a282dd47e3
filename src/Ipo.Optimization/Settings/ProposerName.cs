namespace Ipo.Optimization.Settings;

/// <summary>Who proposes, as people write it: <c>NAME</c>, <c>NAME@MODEL</c> on one of several language models, and
/// either with <c>/no-history</c> behind it for the control that sees nothing of the past.
/// </summary>
/// <remarks>The control is a mark on a proposer and none of its own, because it must differ from that proposer in one
/// thing alone. It is decided here and not in a setting of the run (a memory of size 0 does the same for a whole run),
/// so that both can stand in one run and be compared on the same images and steps.
/// </remarks>
/// <param name="Service">Name under which the proposer's service has it; empty means its default one.</param>
/// <param name="SeesHistory">Whether it is shown what was tried.</param>
/// <param name="Model">Name of its language model in the configuration; empty means the default one.</param>
public sealed record ProposerName(string Service, bool SeesHistory, string Model = "")
{
    private const string NoHistory = "no-history";
    private const string Suffix = "/" + NoHistory;
    private const char ModelMark = '@';
    private const int MostInAMix = 8;

    /// <summary>The paper's method.</summary>
    public const string Paper = "ipo";

    /// <summary>The embedded control.</summary>
    public const string RandomWords = "random-words";

    /// <summary>Whether it is the control that puts random words into templates.</summary>
    public bool IsRandomWords => Service == RandomWords;

    /// <summary>The name without what is hidden from it: whom to ask, and at which prices.</summary>
    public string Asked => Model.Length == 0 ? Service : Service + ModelMark + Model;

    /// <summary>Reads a name. <c>no-history</c> alone is the default proposer without a history.</summary>
    public static ProposerName Parse(string text)
    {
        var name = text.Trim();
        var blind = name == NoHistory || name.EndsWith(Suffix, StringComparison.Ordinal);
        var asked = name == NoHistory ? "" : blind ? name[..^Suffix.Length] : name;
        // A mark with nothing on one side names no model: the whole is then a name that nobody has.
        var mark = asked.IndexOf(ModelMark, StringComparison.Ordinal) is > 0 and var at && at < asked.Length - 1 ? at : asked.Length;
        var service = asked[..mark];
        return new(
            service == "openai" ? Paper : service, // its name while it was the only one with a language model
            !blind, mark == asked.Length ? "" : asked[(mark + 1)..]);
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
    public override string ToString() => SeesHistory ? Asked : Asked.Length == 0 ? NoHistory : Asked + Suffix;
}
