using System.Globalization;
using System.Text;

namespace Ipo.Orchestrator.Reports;

/// <summary>How a report writes numbers, and a line of it.</summary>
internal static class Figures
{
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.00}");

    public static string Points(double difference) => string.Create(CultureInfo.InvariantCulture, $"{difference * 100:+0.00;−0.00;0.00}");

    /// <summary>A Wilson interval of an accuracy, in %.</summary>
    public static string Interval(V1.SplitScore score) => string.Create(CultureInfo.InvariantCulture, $"({score.AccuracyLow * 100:0.0}–{score.AccuracyHigh * 100:0.0})");

    /// <summary>A bootstrap interval of a difference, in points.</summary>
    public static string Interval(V1.PairedComparison comparison) =>
        string.Create(CultureInfo.InvariantCulture, $"({comparison.DifferenceLow * 100:+0.0;−0.0;0.0} to {comparison.DifferenceHigh * 100:+0.0;−0.0;0.0})");

    /// <summary>A p-value with its sign of comparison.</summary>
    public static string P(double p) => p < 0.0001 ? "< 0.0001" : string.Create(CultureInfo.InvariantCulture, $"= {p:0.0000}");

    /// <summary>A p-value for a table.</summary>
    public static string Bare(double p) => P(p).TrimStart('=', ' ');

    public static string Judge(V1.Judgement judgement) => judgement switch
    {
        V1.Judgement.Better => "better",
        V1.Judgement.Worse => "worse",
        _ => "the same within chance",
    };

    public static void Line(StringBuilder text, FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');
}
