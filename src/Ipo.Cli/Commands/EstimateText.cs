using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Commands;

/// <summary>What a run would take, in words.</summary>
internal static class EstimateText
{
    public static async Task<int> PrintAsync(Session session, RunSettings settings)
    {
        var estimate = await session.Client.Runs.EstimateRunAsync(new() { Settings = settings });
        if (session.Json) session.WriteJson(estimate);
        else
        {
            Facts(estimate).Print(session.Terminal);
            foreach (var warning in estimate.Warnings) session.Terminal.Tell($"Warning: {warning}");
        }
        return ExitCode.Done;
    }

    private static Table Facts(EstimateRunResponse estimate)
    {
        var facts = new Table("AT MOST", "");
        facts.Add("Search images", Amounts.Count(estimate.SearchImages));
        facts.Add(
            "Images", $"{Amounts.Count(estimate.ImagesToEncode)} to encode, {Amounts.Count(estimate.ImagesCached)} cached, in all splits");
        facts.Add(
            "Descriptions",
            estimate.Descriptions == 0
                ? "none"
                : $"{Amounts.Count(estimate.Descriptions)} of {Amounts.Count(estimate.SearchImages)} images " +
                    $"by {ProviderText.Captioner(estimate.Captioner)}, fewer where cached");
        facts.Add("Proposals", $"{Amounts.Count(estimate.ProposerCalls, "call")} to {ProviderText.Proposers(estimate.Proposers)}");
        facts.Add("Templates", $"{Amounts.Count(estimate.Templates)} to score");
        if (estimate.EnsembleTrials > 0)
            facts.Add("Ensemble", $"{Amounts.Count(estimate.EnsembleTrials, "set")} of templates to score, from cached embeddings");
        EstimatedCosts.AddTo(facts, estimate);
        return facts;
    }
}
