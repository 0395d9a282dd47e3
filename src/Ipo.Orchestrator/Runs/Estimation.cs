using Ipo.Optimization.Estimates;
using Ipo.Optimization.Settings;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Runs;

/// <summary>Says what a run would take, before it is started: nothing is encoded, described or bought.</summary>
internal sealed class Estimation(Preparation preparation, DatasetStore datasets, ScorerClient scorer, TimeProvider clock)
{
    // How the core estimates tokens (TokenCount, RunEstimate), as one sentence.
    private const string TokenRule =
        "4 characters are a token; instructions are written as the run would write them, with an empty and with a full memory, and "
            + "averaged; "
        + "a template has 60 characters, a description 300; the tokens of images sent to a captioner are not known before.";

    public async Task<V1.EstimateRunResponse> EstimateAsync(RunSettings settings, CancellationToken cancellation)
    {
        if (SettingsRules.FirstError(settings) is { } error) throw RefusedException.InvalidIn("settings", error);
        var retry = RetryPolicy.ForRequest(clock);
        var prepared = await preparation.ForecastAsync(settings, retry, cancellation);
        var dataset = datasets.Get(settings.Dataset);
        var images = prepared.Parts.SelectMany(part => LabelledImages.Of(dataset, prepared, part).Images).DistinctBy(image => image.Sha256)
            .ToList();
        var unknown = await scorer.CountUnknownAsync(images, retry, cancellation);

        var estimate = RunEstimate.Of(settings, prepared);
        // Rules and cached phrases read no tokens.
        var usesTokens = estimate.PaidCalls > 0 || settings.Budget.Tokens is not null;
        var response = new V1.EstimateRunResponse
        {
            Settings = SettingsMessages.Of(settings),
            SearchImages = estimate.SearchImages,
            ImagesToEncode = unknown,
            ImagesCached = images.Count - unknown,
            Descriptions = estimate.Descriptions,
            ProposerCalls = estimate.ProposerCalls,
            PaidCalls = estimate.PaidCalls,
            Templates = estimate.Templates,
            EnsembleTrials = estimate.EnsembleTrials,
            InputTokens = usesTokens ? estimate.InputTokens : 0,
            OutputTokens = usesTokens ? estimate.OutputTokens : 0,
            TokenRule = TokenRule,
            Captioner = RunMessages.Captioner(prepared.Captioner),
        };
        response.Proposers.AddRange(prepared.Proposers.Select(RunMessages.Proposer));
        response.Warnings.AddRange(estimate.Warnings.Select(RunWarningSentences.Of));
        return response;
    }
}
