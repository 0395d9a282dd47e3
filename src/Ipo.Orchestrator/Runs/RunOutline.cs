using System.Collections.Immutable;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;

namespace Ipo.Orchestrator.Runs;

/// <summary>A run as lists and searches need it. It is kept of every run, and is some hundred times smaller than a long run's
/// state.</summary>
/// <param name="RunId">The run's id.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Length">Number of its events.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Hold">What keeps it from going on.</param>
/// <param name="By">Who asked for it; null where nobody was asked for it.</param>
/// <param name="Labels">What it is filed under.</param>
/// <param name="DisplayName">What a person calls it; empty where nobody does.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Prepared">What it works on and with; null before it is known.</param>
internal sealed record RunOutline(
    string RunId, DateTimeOffset CreatedAt, long Length, RunStatus Status, Hold Hold, string? By,
    ImmutableSortedDictionary<string, string> Labels, string DisplayName, RunSettings Settings, PreparedOutline? Prepared)
{
    /// <summary>Whether it is neither final nor failed nor paused.</summary>
    public bool IsRunning => Status == RunStatus.Running;

    public static RunOutline Of(RunView view) => new(
        view.State.RunId, view.State.CreatedAt, view.State.Length, view.State.Status, view.Hold, view.State.By, view.State.Labels,
        view.State.DisplayName, view.State.Settings,
        view.State.Prepared is { } prepared
            ? new(prepared.DatasetDigest, prepared.HandWrittenTemplate, prepared.Model, prepared.Proposers, prepared.Captioner)
            : null);
}

/// <summary>What a run works on and with, without its images and class names.</summary>
internal sealed record PreparedOutline(
    string DatasetDigest, string? HandWrittenTemplate, ModelFacts Model, IReadOnlyList<ProviderFacts> Proposers, ProviderFacts? Captioner)
{
    public bool Equals(PreparedOutline? other) => other is not null
        && (DatasetDigest, HandWrittenTemplate, Model, Captioner)
            == (other.DatasetDigest, other.HandWrittenTemplate, other.Model, other.Captioner)
        && Proposers.SequenceEqual(other.Proposers);

    public override int GetHashCode() => HashCode.Combine(DatasetDigest, Model);
}
