using System.CommandLine;

namespace Ipo.Cli.Runs;

/// <summary>Labels of runs on the command line: <c>--label KEY=VALUE</c>, once for each.</summary>
internal static class LabelOptions
{
    /// <summary>Labels for a new run.</summary>
    public static Option<string[]> ToSet()
    {
        var option = Label("A label to file the run under; can be repeated.", "KEY=VALUE");
        option.Validators.Add(result =>
        {
            var keys = new HashSet<string>();
            foreach (var token in result.Tokens)
            {
                if (!token.Value.Contains('='))
                    result.AddError($"--label does not take '{token.Value}'; it takes a key and a value, for instance team=vision.");
                else if (!keys.Add(token.Value.Split('=')[0]))
                    result.AddError($"--label gives {token.Value.Split('=')[0]} twice; a run has one value of it.");
            }
        });
        return option;
    }

    /// <summary>Labels to find runs by.</summary>
    public static Option<string[]> ToFind() =>
        Label("Only runs with this label; KEY alone stands for any value. Can be repeated, and all must be there.", "KEY[=VALUE]");

    /// <summary>The labels that were given to set.</summary>
    public static Dictionary<string, string> Read(IEnumerable<string> given) =>
        given.Select(text => text.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    private static Option<string[]> Label(string description, string form) =>
        new("--label") { Description = description, HelpName = form };
}
