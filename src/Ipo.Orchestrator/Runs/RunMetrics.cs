using System.Diagnostics.Metrics;
using Ipo.Optimization.Facts;
using Ipo.Orchestrator.Journal;

namespace Ipo.Orchestrator.Runs;

/// <summary>What runs do, counted from the facts that they journal. The services count calls too, by provider and under
/// names of their own.</summary>
internal sealed class RunMetrics
{
    private readonly Counter<long> _scored;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _calls;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _tokens;
    private readonly Counter<long> _cost;
    private readonly Counter<long> _images;
    private readonly Counter<long> _steps;
    private readonly Counter<long> _runs;
    private readonly Histogram<double> _latency;

    public RunMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ipo.Orchestrator");
        _scored = meter.CreateCounter<long>("ipo.templates.scored", "{template}", "Templates scored on search images.");
        _refused = meter.CreateCounter<long>("ipo.templates.refused", "{template}", "Proposals refused, by reason.");
        _calls = meter.CreateCounter<long>("ipo.run.calls", "{call}", "Answers of providers, by what was asked; cached ones apart.");
        _failures = meter.CreateCounter<long>("ipo.run.failures", "{call}", "Failed calls, by what was asked and kind.");
        _tokens = meter.CreateCounter<long>("ipo.run.tokens", "{token}", "Tokens, by direction.");
        _cost = meter.CreateCounter<long>("ipo.run.cost", "{microdollar}", "Money in millionths of a US dollar.");
        _images = meter.CreateCounter<long>("ipo.images.embedded", "{image}", "Search images whose embedding was cached or encoded.");
        _steps = meter.CreateCounter<long>("ipo.steps.completed", "{step}", "Steps completed.");
        _runs = meter.CreateCounter<long>("ipo.runs", "{run}", "Runs created and ended, by event.");
        _latency = meter.CreateHistogram<double>("ipo.run.latency", "s", "Time to the end of an answer, by what was asked.", tags: null,
            advice: new() { HistogramBucketBoundaries = [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300] });
    }

    /// <summary>Counts a journalled event.</summary>
    public void Happened(RunEvent happened)
    {
        switch (happened)
        {
            case TemplateScored: _scored.Add(1); break;
            case TemplateRefused e: _refused.Add(1, new KeyValuePair<string, object?>("reason", e.Reason.ToString())); break;
            case StepCompleted: _steps.Add(1); break;
            case ImagesEmbedded e: Embedded(e); break;
            case DescriptionReceived e: Answered("description", e.Cached, e.Usage); break;
            case ProposalAnswered e: Answered("proposal", e.Cached, e.Usage); break;
            case DescriptionFailed e: Failed("description", e.Failure.Kind, e.Usage); break;
            case ProposalFailed e: Failed("proposal", e.Failure.Kind, e.Usage); break;
            case RunCreated or RunCompleted or RunFailed or RunCancelled or RunPaused or RunResumed or RunPickedUp: Moved(happened); break;
        }
    }

    private void Embedded(ImagesEmbedded e)
    {
        _images.Add(e.Cached, new KeyValuePair<string, object?>("source", "cache"));
        _images.Add(e.Encoded, new KeyValuePair<string, object?>("source", "encoder"));
    }

    private void Answered(string asked, bool cached, CallUsage usage)
    {
        _calls.Add(1, new("asked", asked), new("cached", cached));
        if (!cached) _latency.Record(usage.Latency.TotalSeconds, new KeyValuePair<string, object?>("asked", asked));
        Spent(usage);
    }

    private void Failed(string asked, FailureKind kind, CallUsage usage)
    {
        _failures.Add(1, new("asked", asked), new("kind", kind.ToString()));
        Spent(usage);
    }

    private void Spent(CallUsage usage)
    {
        _tokens.Add(usage.InputTokens, new KeyValuePair<string, object?>("direction", "input"));
        _tokens.Add(usage.OutputTokens, new KeyValuePair<string, object?>("direction", "output"));
        _cost.Add(usage.CostMicroUsd);
    }

    private void Moved(RunEvent happened) =>
        _runs.Add(1, new KeyValuePair<string, object?>("event", StoredEvent.TypeOf(happened)));
}
