using System.CommandLine;

namespace Ipo.Cli.Benchmarks;

/// <summary>Which datasets a benchmark takes.</summary>
internal sealed class BenchDatasetOptions
{
    private readonly Option<string?> _root = new("--root")
    {
        Description = "Folder that holds the datasets' folders, named as in CoOp's instructions. " +
            "Default: every folder that datasets may be registered from, and the registered datasets.",
        HelpName = "DIR",
    };
    private readonly Option<string?> _names = new("--datasets")
    {
        Description = "Folders there or registered datasets, separated by commas. " +
            "Default: those of the paper's eleven that are there.",
        HelpName = "NAMES",
    };

    public BenchDatasetOptions(Command command)
    {
        command.Add(_root);
        command.Add(_names);
    }

    /// <summary>A folder of this machine by its full path; anything else as it stands, for the orchestrator to find;
    /// empty for none.</summary>
    public string Root(ParseResult parsed) => parsed.GetValue(_root) switch
    {
        null => "",
        var path when Directory.Exists(path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)),
        var path => path,
    };

    public IReadOnlyList<string> Names(ParseResult parsed) =>
        parsed.GetValue(_names)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
