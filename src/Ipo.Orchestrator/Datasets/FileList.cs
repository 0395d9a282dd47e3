namespace Ipo.Orchestrator.Datasets;

/// <summary>A list of files in a sentence: the first few and how many more.</summary>
internal static class FileList
{
    private const int Named = 3;

    public static string Summarize(IReadOnlyCollection<string> files) => files.Count <= Named
        ? string.Join(", ", files.Select(file => $"'{file}'"))
        : $"{string.Join(", ", files.Take(Named).Select(file => $"'{file}'"))} and {files.Count - Named} more";
}
