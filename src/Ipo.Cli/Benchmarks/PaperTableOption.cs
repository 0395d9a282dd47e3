using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Benchmarks;

/// <summary>The option that makes a benchmark vary what one of the paper's tables varies.</summary>
internal sealed class PaperTableOption
{
    private const string Name = "--table";

    // What stands in the tables that need no model's name.
    private static readonly Dictionary<int, PaperTable> Tables = new()
    {
        [4] = new(["descriptions=off,on"], [], []),
        [7] = new([], [1, 16], []),
        [14] = new(["description-limit=4,16,32,64,128,256"], [], ["imagenet"]),
        [15] = new(["memory=0,1,5,10,20,50,100"], [], []),
    };

    private readonly Option<int?> _number = OptionValues.Number<int>(
        Name,
        "Vary what the paper's table of this number varies, with its values: 4 (descriptions), 7 (1 and 16 shots), 14 (number of " +
        "described images, on ImageNet) or 15 (memory). Tables 2, 10 and 12 compare models: use --vary proposer=…");

    public PaperTableOption(Command command)
    {
        command.Add(_number);
        command.Validators.Add(result =>
        {
            // What is no number is told by the option itself.
            if (result.GetResult(_number)?.Tokens is not [var token]
                || !int.TryParse(token.Value, CultureInfo.InvariantCulture, out var number))
                return;
            if (!Tables.TryGetValue(number, out var table))
                result.AddError($"{Name} does not take '{number}'; it takes {string.Join(", ", Tables.Keys)}.");
            else
                foreach (var option in result.Children.OfType<OptionResult>().Where(option => !option.Implicit))
                    if (table.Sets(option.Option.Name))
                        result.AddError($"{Name} {number} and {option.Option.Name} cannot be combined; give one of them.");
        });
    }

    /// <summary>Makes a benchmark that of the table; without the option it stays as it is.</summary>
    /// <returns>The datasets to take; empty for any.</returns>
    public IReadOnlyList<string> Apply(ParseResult parsed, Bench bench)
    {
        if (parsed.GetValue(_number) is not { } number) return [];
        var table = Tables[number];
        bench.Variants.AddRange(VariedSettings.Of(table.Vary));
        bench.Shots.AddRange(table.Shots);
        return table.Datasets;
    }

    /// <summary>What a table is made of.</summary>
    /// <param name="Vary">As <c>--vary</c> takes it; none for nothing.</param>
    /// <param name="Shots">As <c>--shots</c> takes them; none for the protocol's.</param>
    /// <param name="Datasets">As <c>--datasets</c> takes them; none for any.</param>
    private sealed record PaperTable(string[] Vary, int[] Shots, string[] Datasets)
    {
        public bool Sets(string option) =>
            option == "--vary" || (option == "--shots" && Shots.Length > 0) || (option == "--datasets" && Datasets.Length > 0);
    }
}
