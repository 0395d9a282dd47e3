using Ipo.Optimization.Estimates;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;

namespace Ipo.Optimization.Report;

/// <summary>What a reader must know, so that a report is not taken for more than it is. The host knows the words for
/// it.</summary>
public abstract record Caveat;

/// <summary>The checkpoint is a demonstration and not OpenAI's CLIP.</summary>
/// <param name="Model">Its name.</param>
public sealed record DemonstrationCheckpoint(string Model) : Caveat;

/// <summary>A proposer edits templates by rules.</summary>
/// <param name="Proposer">Its name in its service.</param>
/// <param name="OnlyRules">Whether no other proposer of the run has a language model.</param>
public sealed record RulesPropose(string Proposer, bool OnlyRules) : Caveat;

/// <summary>A proposer puts random words into templates.</summary>
public sealed record RandomWordsPropose : Caveat;

/// <summary>A proposer does not see what was tried.</summary>
/// <param name="Proposer">The proposer.</param>
public sealed record ProposerWithoutHistory(ProposerName Proposer) : Caveat;

/// <summary>The captioner ranks fixed phrases.</summary>
/// <param name="Captioner">Its name.</param>
public sealed record PhrasesDescribe(string Captioner) : Caveat;

/// <summary>The captioner named classes, and the names were taken out.</summary>
/// <param name="Named">Descriptions that named one.</param>
/// <param name="Descriptions">Descriptions in all.</param>
public sealed record ClassNamesTakenOut(int Named, int Descriptions) : Caveat;

/// <summary>Descriptions were left out because something is wrong with them.</summary>
/// <param name="Descriptions">How many.</param>
public sealed record DescriptionsLeftOut(int Descriptions) : Caveat;

/// <summary>Splits share images that look the same.</summary>
/// <param name="Images">Images of later splits that look like one of an earlier split.</param>
public sealed record SplitsShareImages(int Images) : Caveat;

/// <summary>No template scored better than the baseline.</summary>
/// <param name="HeldOut">Whether images that the search did not see could have chosen another.</param>
public sealed record NothingBeatBaseline(bool HeldOut) : Caveat;

/// <summary>Not one candidate could be scored, so there is no finding.</summary>
/// <param name="Nothing">What came instead.</param>
public sealed record NothingWasScored(NothingScored Nothing) : Caveat;

/// <summary>The best template on the search images was not better on images that the search did not see.</summary>
/// <param name="Template">That template.</param>
public sealed record BestDidNotHoldUp(string Template) : Caveat;

/// <summary>The winner's accuracy flatters it on the selection images.</summary>
/// <param name="HeldOut">Whether images that the search did not see took part in the choice.</param>
public sealed record WinnerIsFlattered(bool HeldOut) : Caveat;

/// <summary>The winner's sentences of single classes say nothing of novel classes.</summary>
public sealed record NovelClassesWithoutSentences : Caveat;

/// <summary>The budget ended the search early.</summary>
/// <param name="Completed">Steps completed.</param>
/// <param name="Steps">Steps asked for.</param>
public sealed record BudgetEndedSearch(int Completed, int Steps) : Caveat;

/// <summary>The run has too few steps to see a search work.</summary>
/// <param name="Warning">The warning that its settings gave.</param>
public sealed record FewSteps(TooFewSteps Warning) : Caveat;

/// <summary>The test images had been looked at before.</summary>
/// <param name="Looks">How often.</param>
public sealed record EarlierLooks(int Looks) : Caveat;

/// <summary>The end of the run's journal was lost and done again.</summary>
/// <param name="FromStep">Steps that were completed before.</param>
/// <param name="ToStep">Steps that were completed after.</param>
public sealed record JournalWentBack(int FromStep, int ToStep) : Caveat;

/// <summary>Some classes have fewer training images than the shots asked for.</summary>
/// <param name="Classes">How many.</param>
/// <param name="Shots">The shots asked for.</param>
/// <param name="ClassName">The first of these classes.</param>
/// <param name="Images">Its search images.</param>
public sealed record FewerShots(int Classes, int Shots, string ClassName, int Images) : Caveat;

/// <summary>The scorer cannot read some images.</summary>
/// <param name="Images">These images; one or more.</param>
public sealed record UnreadableImages(IReadOnlyList<UnreadableImage> Images) : Caveat;

/// <summary>The dataset's hand-written template could not be scored.</summary>
/// <param name="Template">The template.</param>
public sealed record HandWrittenUnscorable(string Template) : Caveat;

/// <summary>The checkpoint's tokenizer reads templates otherwise than they are written.</summary>
/// <param name="Templates">These templates, the winner's first; one or more.</param>
public sealed record TemplatesRepaired(IReadOnlyList<RepairedTemplate> Templates) : Caveat;

/// <summary>A warning of the dataset itself.</summary>
/// <param name="Warning">The warning, as its registration worded it.</param>
public sealed record DatasetWarning(string Warning) : Caveat;
