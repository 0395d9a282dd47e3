using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Ipo.Optimization.Report;
using Ipo.Optimization.Statistics;

namespace Ipo.Orchestrator.Reports.Text;

/// <summary>How a report writes numbers, and a line of it.</summary>
internal static class Figures
{
    public static string Percent(double share) => Invariant($"{share * 100:0.00}");

    public static string Points(double difference) => Invariant($"{difference * 100:+0.00;−0.00;0.00}");

    /// <summary>A Wilson interval of an accuracy, in %.</summary>
    public static string Interval(PartScore score) => Invariant($"({score.Interval.Low * 100:0.0}–{score.Interval.High * 100:0.0})");

    /// <summary>A bootstrap interval of a difference, in points.</summary>
    public static string Interval(PairedComparison comparison)
    {
        var (low, high) = comparison.Interval;
        return Invariant($"({low * 100:+0.0;−0.0;0.0} to {high * 100:+0.0;−0.0;0.0})");
    }

    /// <summary>A p-value with its sign of comparison.</summary>
    public static string P(double p) => p < 0.0001 ? "< 0.0001" : Invariant($"= {p:0.0000}");

    /// <summary>A p-value for a table.</summary>
    public static string Bare(double p) => P(p).TrimStart('=', ' ');

    public static string Judge(Judgement judgement) => judgement switch
    {
        Judgement.Better => "better",
        Judgement.Worse => "worse",
        _ => "the same within chance",
    };

    /// <summary>A step of a search.</summary>
    public static string Step(int step, string word = "") => step == 0 ? "start" : Invariant($"{word}{step}");

    public static void Line(StringBuilder text, InvariantText line) => text.Append(line.ToString()).Append('\n');

    public static string Invariant(InvariantText text) => text.ToString();
}

/// <summary>Interpolated text, also in several pieces with a plus between them, in no machine's own notation.</summary>
[InterpolatedStringHandler]
internal ref struct InvariantText(int literalLength, int formattedCount)
{
    private DefaultInterpolatedStringHandler text = new(literalLength, formattedCount, CultureInfo.InvariantCulture);

    public void AppendLiteral(string value) => text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => text.AppendFormatted(value, format);

    public override string ToString() => text.ToStringAndClear();
}
