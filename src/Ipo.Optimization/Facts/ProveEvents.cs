using System.Text.Json.Serialization;

namespace Ipo.Optimization.Facts;

/// <summary>Held-out images, or folds of the search images, chose the run's winner. Nothing can change it any
/// more.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Winner">The template, or the templates of an ensemble, one on each line.</param>
public sealed record WinnerChosen(DateTimeOffset At, string Winner) : RunEvent(At);

/// <summary>The run looks at test images from here on; it stands before the first outcome.</summary>
/// <param name="At">When it happened.</param>
/// <param name="EarlierLooks">How often anybody had looked at these test images before: other runs, and templates
/// scored by hand.</param>
public sealed record TestOpened(DateTimeOffset At, int EarlierLooks) : RunEvent(At);

/// <summary>A template was evaluated on a part of the dataset for the report.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Template">The template, or the templates of an ensemble, one on each line.</param>
/// <param name="Part">The part.</param>
/// <param name="Accuracy">Accuracy in 0..1.</param>
/// <param name="Loss">Mean cross-entropy in nats.</param>
/// <param name="ClassImages">Images per class in label order.</param>
/// <param name="ClassCorrect">Images of each class classified rightly.</param>
/// <param name="Correct">One character per image in the part's order: '1' where it was classified rightly, else
/// '0'.</param>
/// <param name="Losses">Cross-entropy of each image in nats; null where it is not needed.</param>
/// <param name="Predicted">Class that each image was taken for; null where it is not needed.</param>
/// <param name="CalibrationError">Expected calibration error in 0..1; null where the scorer did not say how sure it
/// was.</param>
/// <param name="Tokens">Tokens of the longest prompt, summed over the templates of an ensemble; null where the scorer
/// did not say.</param>
/// <param name="Repaired">The templates that are read otherwise than they are written; null where none is, and in
/// journals from before it was kept.</param>
public sealed record TemplateEvaluated(
    DateTimeOffset At,
    string Template,
    DatasetPart Part,
    double Accuracy,
    double Loss,
    IReadOnlyList<int> ClassImages,
    IReadOnlyList<int> ClassCorrect,
    string Correct,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<float>? Losses = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<int>? Predicted = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? CalibrationError = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Tokens = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<RepairedTemplate>? Repaired = null)
    : RunEvent(At);

/// <summary>Images that held-out parts share with parts before them, by their embeddings.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Images">How many images of later parts look like one of an earlier part.</param>
/// <param name="Nearest">The most similar pairs, the most similar first; not all where there are many.</param>
public sealed record DuplicatesFound(DateTimeOffset At, int Images, IReadOnlyList<DuplicatePair> Nearest) : RunEvent(At);
