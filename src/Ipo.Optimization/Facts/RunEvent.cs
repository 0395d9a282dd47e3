using System.Text.Json.Serialization;

namespace Ipo.Optimization.Facts;

/// <summary>
/// A fact of a run, as its journal keeps it. The type names are the stored ones: add events and optional members,
/// never rename or remove.
/// </summary>
/// <param name="At">When it happened.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(RunCreated), "run-created")]
[JsonDerivedType(typeof(RunPickedUp), "run-picked-up")]
[JsonDerivedType(typeof(RunPrepared), "run-prepared")]
[JsonDerivedType(typeof(ImagesEmbedded), "images-embedded")]
[JsonDerivedType(typeof(ImagesChosen), "images-chosen")]
[JsonDerivedType(typeof(DescriptionRequested), "description-requested")]
[JsonDerivedType(typeof(DescriptionReceived), "description-received")]
[JsonDerivedType(typeof(DescriptionFailed), "description-failed")]
[JsonDerivedType(typeof(DescriptionsChosen), "descriptions-chosen")]
[JsonDerivedType(typeof(ProposalRequested), "proposal-requested")]
[JsonDerivedType(typeof(ProposalAnswered), "proposal-answered")]
[JsonDerivedType(typeof(ProposalFailed), "proposal-failed")]
[JsonDerivedType(typeof(TemplateScored), "template-scored")]
[JsonDerivedType(typeof(TemplateRefused), "template-refused")]
[JsonDerivedType(typeof(StepCompleted), "step-completed")]
[JsonDerivedType(typeof(ConfusionsFound), "confusions-found")]
[JsonDerivedType(typeof(SearchEnded), "search-ended")]
[JsonDerivedType(typeof(TemplateEvaluated), "template-evaluated")]
[JsonDerivedType(typeof(StopRequested), "stop-requested")]
[JsonDerivedType(typeof(WinnerChosen), "winner-chosen")]
[JsonDerivedType(typeof(TestOpened), "test-opened")]
[JsonDerivedType(typeof(DuplicatesFound), "duplicates-found")]
[JsonDerivedType(typeof(RunCompleted), "run-completed")]
[JsonDerivedType(typeof(RunFailed), "run-failed")]
[JsonDerivedType(typeof(RunResumed), "run-resumed")]
[JsonDerivedType(typeof(PauseRequested), "pause-requested")]
[JsonDerivedType(typeof(RunPaused), "run-paused")]
[JsonDerivedType(typeof(RunCancelled), "run-cancelled")]
public abstract record RunEvent(DateTimeOffset At);
