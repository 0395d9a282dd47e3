using System.CommandLine;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Runs;

/// <summary>The option that says which of a run's prompts are used, and what a person is told of them.</summary>
internal sealed class ServedPromptsOption
{
    private readonly Option<string?> _option = OptionValues.Choice(
        "--use",
        "Which prompts: the winner or the baseline. Default: the winner where its gain is proved, else the baseline.",
        ["winner", "baseline"]);

    /// <summary>Adds the option to a command.</summary>
    public ServedPromptsOption(Command command)
    {
        _option.HelpName = "PROMPTS";
        command.Add(_option);
    }

    /// <summary>What was chosen; recommended where nothing was.</summary>
    public ServedPrompts Read(ParseResult parsed) => parsed.GetValue(_option) switch
    {
        "winner" => ServedPrompts.Winner,
        "baseline" => ServedPrompts.Baseline,
        _ => ServedPrompts.Recommended,
    };

    /// <summary>Says what a person might not expect: the baseline in place of a winner, and classes that are not
    /// known.</summary>
    public void Tell(Session session, bool isBaseline, IReadOnlyCollection<string> known, IReadOnlyCollection<string> leftOut)
    {
        const int MostNamed = 10;
        if (isBaseline && Read(session.Parsed) is ServedPrompts.Recommended)
            session.Terminal.Tell(
                "These are the baseline's prompts, because the run proved no better ones. Use the winner's with --use winner.");
        if (leftOut.Count > 0)
            session.Terminal.Tell(
                $"Only {known.Count} of {known.Count + leftOut.Count} classes can be predicted: those in the search. Left out: "
                    + $"{string.Join(", ", leftOut.Take(MostNamed))}{(leftOut.Count > MostNamed ? ", …" : "")}. "
                    + "Use --all-classes to include them.");
    }
}
