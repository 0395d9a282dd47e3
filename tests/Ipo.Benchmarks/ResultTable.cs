using System.Globalization;

namespace Ipo.Benchmarks;

/// <summary>One measured ratio.</summary>
/// <param name="What">The row of the issue it answers.</param>
/// <param name="Where">Shape, threads, server: what it was measured on.</param>
/// <param name="Ours">Our median, with its unit.</param>
/// <param name="Baseline">The baseline's median, with its unit.</param>
/// <param name="Ratio">The ratio, as it is compared with the target.</param>
/// <param name="Target">The target; empty where there is none.</param>
/// <param name="Met">Whether it is met; null where there is none.</param>
internal sealed record Result(string What, string Where, string Ours, string Baseline, string Ratio, string Target = "", bool? Met = null);

/// <summary>Prints results as they come, as a Markdown table that can go into docs/benchmarks.md.</summary>
internal sealed class ResultTable
{
    private static readonly string[] Head = ["what", "where", "ours", "baseline", "ratio", "target", "met"];

    private bool _started;

    public void Add(Result result)
    {
        if (!_started)
        {
            Console.WriteLine($"\n| {string.Join(" | ", Head)} |\n|{string.Concat(Head.Select(_ => "---|"))}");
            _started = true;
        }
        var met = result.Met switch { true => "yes", false => "**no**", null => "" };
        Console.WriteLine($"| {result.What} | {result.Where} | {result.Ours} | {result.Baseline} | {result.Ratio} | {result.Target} | {met} |");
    }

    /// <summary>Ends the table, so that text can follow.</summary>
    public void End() => _started = false;
}

/// <summary>Numbers with as many digits as they are worth.</summary>
internal static class Words
{
    public static string Number(double value) => value.ToString(Math.Abs(value) switch { >= 100 => "N0", >= 10 => "F1", _ => "F2" }, CultureInfo.InvariantCulture);

    public static string Milliseconds(double seconds) => $"{Number(seconds * 1000)} ms";

    public static string Times(double ratio) => $"{Number(ratio)}×";

    public static string Percent(double share) => $"{(share * 100).ToString("F0", CultureInfo.InvariantCulture)} %";

    public static string Threads(int threads) => threads == 1 ? "1 thread" : $"{threads} threads";
}
