using System.Globalization;
using System.Text;
using Google.Protobuf;
using Ipo.Optimization.Report;
using Ipo.Optimization.Templates;

namespace Ipo.Orchestrator.Reports.Exports;

/// <summary>What the search of a run in any state has found, as files: they need no winner.</summary>
internal static class SearchFiles
{
    private static readonly JsonFormatter Messages = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithIndentation());

    /// <summary>Their forms, in the order of the contract.</summary>
    public static IReadOnlyDictionary<V1.ExportFormat, Func<SearchReport, byte[]>> Forms { get; } =
        new Dictionary<V1.ExportFormat, Func<SearchReport, byte[]>>
        {
            [V1.ExportFormat.Candidates] = Candidates,
            [V1.ExportFormat.Search] = search => Encoding.UTF8.GetBytes(Messages.Format(ReportMapping.Of(search)) + "\n"),
        };

    private static byte[] Candidates(SearchReport search)
    {
        var text = new StringBuilder("step,proposer,model,template,accuracy,loss,best_so_far\r\n");
        ScoredPrompt? best = null;
        foreach (var (scored, proposer, model) in search.Candidates)
        {
            var leads = best is null || ScoredPrompt.WorstFirst.Compare(scored, best) > 0;
            if (leads) best = scored;
            text.Append(
                CultureInfo.InvariantCulture,
                $"{scored.Step},{Quoted(proposer)},{Quoted(model)},{Quoted(scored.Template.Text)},{scored.Accuracy:R},{scored.Loss:R},")
                .Append(leads ? "true" : "false").Append("\r\n");
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // RFC 4180, section 2: a field that may hold a comma stands in quotes, and a quote in it is written twice. What a
    // spreadsheet would take for a formula, whoever wrote it, stands behind an apostrophe (the contract says so).
    private static string Quoted(string field)
    {
        var text = field.Length > 0 && field[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? $"'{field}" : field;
        return $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
