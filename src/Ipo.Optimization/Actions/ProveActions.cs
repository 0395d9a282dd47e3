using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Actions;

/// <summary>
/// Score templates on parts of the dataset for the report. None depends on another, so that all can be done at once; for each, in
/// their order, append <see cref="TemplateEvaluated"/>, or <see cref="TemplateRefused"/> with step 0 where the scorer cannot, after
/// which that template's others are left out.
/// </summary>
public sealed record Evaluate(IReadOnlyList<PartEvaluation> Evaluations) : RunAction;

/// <summary>A template, or several as one classifier, to be scored on a part of the dataset.</summary>
/// <param name="Template">The template.</param>
/// <param name="Part">The part.</param>
/// <param name="Detail">What to keep of single images; whether each was classified rightly always is.</param>
public sealed record PartEvaluation(PromptSet Template, DatasetPart Part, OutcomeDetail Detail = OutcomeDetail.Correct);

/// <summary>The winner is known; append <see cref="WinnerChosen"/>.</summary>
public sealed record ChooseWinner(PromptSet Winner) : RunAction;

/// <summary>Count earlier looks at the test images and append <see cref="TestOpened"/>.</summary>
public sealed record OpenTest : RunAction;

/// <summary>Find images that parts share, by <see cref="DuplicateImages"/>; append
/// <see cref="DuplicatesFound"/>.</summary>
public sealed record FindDuplicates : RunAction;
