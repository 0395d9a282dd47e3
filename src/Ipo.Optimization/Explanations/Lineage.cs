using Ipo.Optimization.Choosing;
using Ipo.Optimization.Memory;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Explanations;

/// <summary>Where a winner came from: before each template the one of fewest changed words among those that its
/// instruction showed. No proposer says what it built on, so this is the nearest ancestor and not a witness.
/// </summary>
public static class Lineage
{
    /// <summary>The line of a run's winner, the first ancestor first and the winner last; of an ensemble that of its
    /// first template, of a shortened one that of the template as it was proposed.</summary>
    public static IReadOnlyList<ScoredPrompt> Of(RunState run)
    {
        var line = new List<ScoredPrompt>();
        var winner = Shortening.Of(run)?.Whole ?? PromptSet.Parse(run.Winner!);
        var next = run.Scored.Find(prompt => prompt.Template == winner.Templates[0]);
        while (next is not null)
        {
            line.Insert(0, next);
            var step = next.Step;
            var template = next.Template.Text;
            next = step == 0 ? null : PromptMemory.Shown([.. run.Scored.Where(prompt => prompt.Step < step)], run.Settings)
                .Reverse() // of equally near ones the better
                .MinBy(shown => Distance(shown.Template.Text, template));
        }
        return line;
    }

    /// <summary>Words to insert, remove or replace between two texts (Levenshtein 1966, on words).</summary>
    public static int Distance(string a, string b)
    {
        string[] from = a.ToLowerInvariant().Split(' '), to = b.ToLowerInvariant().Split(' ');
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
