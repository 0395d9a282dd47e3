using Ipo.V1;

namespace Ipo.Cli.Output;

/// <summary>Scores of given templates.</summary>
internal static class ScoresText
{
    /// <summary>Prints the templates that could be scored, and says what a reader must know of them.</summary>
    public static void Print(Terminal terminal, EvaluateTemplatesResponse evaluated)
    {
        var scored = evaluated.Results.Where(result => result.ResultCase is EvaluatedTemplate.ResultOneofCase.Score).ToList();
        if (scored.Count == 0) return;
        var table = new Table("ACCURACY", "95 % INTERVAL", "LOSS", "IMAGES", "CLASSES", "TEMPLATE");
        foreach (var (template, score) in scored.Select(result => (RunWords.Prompts(result.PromptSet), result.Score)))
            table.Add(
                Amounts.Percent(score.Accuracy), $"{Amounts.Percent(score.AccuracyLow)} to {Amounts.Percent(score.AccuracyHigh)}",
                Amounts.Nats(score.Loss), Amounts.Count(score.Images), Amounts.Count(score.Classes), template);
        table.Print(terminal);
        PromptSetText.TellRepaired(terminal, scored.SelectMany(result => result.Repaired));
        if (evaluated.Model is { } model) terminal.Tell($"Scored by {model.Name} ({model.ExecutionProvider}, {model.Precision}).");
    }

    /// <summary>Says which templates could not be scored, and why.</summary>
    /// <returns>How many.</returns>
    public static int TellRefused(Terminal terminal, EvaluateTemplatesResponse evaluated)
    {
        var refused = evaluated.Results.Where(result => result.ResultCase is EvaluatedTemplate.ResultOneofCase.Refusal).ToList();
        foreach (var result in refused)
            terminal.Tell($"ipo: '{RunWords.Prompts(result.PromptSet)}' was not scored: {result.Refusal}");
        return refused.Count;
    }
}
