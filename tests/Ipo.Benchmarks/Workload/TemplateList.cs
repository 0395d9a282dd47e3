namespace Ipo.Benchmarks.Workload;

/// <summary>A template that is measured.</summary>
/// <param name="Name">What it stands for.</param>
/// <param name="Text">The template.</param>
/// <param name="Target">Times faster than "pad to 77, batch 64" it should be.</param>
internal sealed record MeasuredTemplate(string Name, string Text, double Target);

/// <summary>The three templates. The words of the long ones are chosen so that their mean lengths are those that the targets were
/// computed for, 24.2 and 23.2 tokens with start and end; the benchmark prints what they are.</summary>
internal static class TemplateList
{
    public static IReadOnlyList<MeasuredTemplate> All { get; } =
    [
        new("`a photo of a <CLASS>.`", "a photo of a <CLASS>.", 18),
        new("12 words, class last", "a clear, bright, close photo in colour of one small, clean, well-lit <CLASS>.", 18),
        new("class in the middle", "a clear, bright, close photo of the <CLASS>, seen from the side, in the sun.", 5.2),
    ];
}
