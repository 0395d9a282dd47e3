using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Text;
using static System.FormattableString;

namespace Ipo.Optimization.Descriptions;

/// <summary>What a proposer is told of the images.</summary>
/// <param name="Lines">The descriptions as an instruction shows them; one that stands for several images says
/// so.</param>
/// <param name="Texts">The descriptions behind these lines, one for each image: for proposers that count words.</param>
public sealed record ShownDescriptions(IReadOnlyList<string> Lines, IReadOnlyList<string> Texts)
{
    /// <summary>Nothing.</summary>
    public static ShownDescriptions None { get; } = Verbatim([]);

    /// <summary>Descriptions as they are, a line for each.</summary>
    public static ShownDescriptions Verbatim(IReadOnlyList<string> texts) => new(texts, texts);

    /// <summary>What a run's instructions show.</summary>
    public static ShownDescriptions Of(RunState run) => run.DescriptionsChosen is { } chosen
        ? new(
            [.. chosen.Shown.Select(shown => Line(run, shown))],
            [.. chosen.Shown.SelectMany(shown => shown.Alike.Prepend(shown.Image)).Select(image => run.Descriptions[image])])
        : Verbatim([.. ImagesToDescribe.Of(run).Select(image => run.Descriptions.GetValueOrDefault(image.Sha256)).OfType<string>()]);

    /// <summary>Tokens of the lines in an instruction, estimated.</summary>
    public long Tokens => TokenCount.Of(string.Concat(Lines.Select((line, image) => DescriptionLine.Of(image, line) + "\n")));

    internal static string Line(RunState run, ShownDescription shown)
    {
        var text = run.Descriptions[shown.Image];
        return shown.Alike.Count == 0 ? text : Invariant($"({shown.Alike.Count + 1} images alike) {text}");
    }
}
