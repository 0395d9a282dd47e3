namespace Ipo.Optimization.Text;

/// <summary>Words of English that sentences are held together by. A class that is called by one ("A" among letters, "on"
/// and "off" among switches) is not named wherever the word stands: "a photo of a" names no class.</summary>
public static class FunctionWords
{
    // Without those that are nouns as well, such as "can", "will" and "past": a picture of a can names the class "can".
    private static readonly HashSet<string> Words = new(
        ("a an the and but or nor so if than as because while although "
        + "i me my we us our you your he him his she her it its they them their this that these those who whom whose which what "
        + "about above across after against along among around at before behind below beneath beside between beyond by down during "
        + "for from in into near of off on onto out over since through to toward towards under until up upon with within without "
        + "am is are was were be been being do does did have has had could should would "
        + "no not all any both each every some such only same own other another more most very too just then there here where when how")
            .Split(' '), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a class name is such a word, capitals aside.</summary>
    public static bool IsOne(string name) => Words.Contains(name.Trim());

    /// <summary>All of them, in lower case.</summary>
    public static IReadOnlyCollection<string> All => Words;
}
