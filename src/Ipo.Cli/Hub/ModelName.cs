using System.Text.RegularExpressions;
using Ipo.Cli.Connections;

namespace Ipo.Cli.Hub;

/// <summary>A model's name on a hub, such as openai/clip-vit-base-patch16.</summary>
internal sealed partial record ModelName
{
    private readonly string _text;

    private ModelName(string text) => _text = text;

    /// <exception cref="CommandFailure">It is no such name.</exception>
    public static ModelName Parse(string text) => Written().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal)
        ? new(text)
        : throw new CommandFailure(
            $"'{text}' is not a model's name on the hub; it looks like openai/clip-vit-base-patch16.", ExitCode.Usage);

    public override string ToString() => _text;

    // As the hub allows: letters, digits, '-', '_' and '.', of which the last neither begin nor end a part.
    [GeneratedRegex(@"^(?=.{1,96}\z)(?![.-])[A-Za-z0-9_.-]+(?<![.-])(/(?![.-])[A-Za-z0-9_.-]+(?<![.-]))?\z")]
    private static partial Regex Written();
}
