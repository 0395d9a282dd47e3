using Ipo.Optimization.Estimates;
using Ipo.Optimization.Settings;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Runs;

/// <summary>Says what a run would take, before it is started: nothing is encoded, described or bought.</summary>
internal sealed class Estimation(
    Preparation preparation, DatasetStore datasets, ScorerClient scorer, ProviderClient providers, TimeProvider clock)
{
    // How tokens are estimated, as one sentence: by the core (TokenCount, ProviderUse), those of an image by the captioner.
    private const string TokenRule =
        "4 characters are a token; instructions are written as the run would write them, with a memory that fills "
        + "from step to step; a template has 60 characters, a description 300; an image sent to a captioner is taken as a square of its "
        + "largest side, with 85 tokens and 170 for each tile of 512 pixels, for gpt-4o-mini 2,833 and 5,667; what a model thinks "
        + "before it answers is not known before.";

    public async Task<V1.EstimateRunResponse> EstimateAsync(RunSettings settings, CancellationToken cancellation)
    {
        if (SettingsRules.FirstError(settings) is { } error) throw RefusedException.InvalidIn("settings", error);
        var retry = RetryPolicy.ForRequest(clock);
        var prepared = await preparation.ForecastAsync(settings, retry, cancellation);
        var dataset = datasets.Get(settings.Dataset);
        var images = prepared.Parts.SelectMany(part => LabelledImages.Of(dataset, prepared, part).Images).DistinctBy(image => image.Sha256)
            .ToList();
        var unknown = await scorer.CountUnknownAsync(images, retry, cancellation);

        var asked = await EstimatedPrices.AskAsync(providers, prepared, retry, cancellation);
        var estimate = RunEstimate.Of(settings, prepared, asked.Prices);
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
            InputTokens = estimate.InputTokens,
            OutputTokens = estimate.OutputTokens,
            TokenRule = TokenRule,
            Captioner = asked.Captioner,
        };
        if (estimate.CostMicroUsd is { } cost) response.CostMicroUsd = cost;
        response.Proposers.AddRange(prepared.Proposers.Select(asked.Of));
        response.Warnings.AddRange(estimate.Warnings.Select(RunWarningSentences.Of));
        return response;
    }
}
