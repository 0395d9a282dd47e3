using Ipo.Optimization.Explanations;
using Ipo.Optimization.Facts;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Reports;

/// <summary>Why a winner wins, as a message: places of images become files, labels become names.</summary>
internal static class ExplanationMessages
{
    private const int MostConfusions = 20;

    public static V1.Explanation Of(
        Explanation explanation, RunPrepared prepared, Dataset dataset, IReadOnlyDictionary<string, string> unreadable)
    {
        string Name(int label) => prepared.ClassNames[label];
        // The images as they were scored: those that the scorer could not read were left out.
        var images = LabelledImages.Of(dataset, prepared, explanation.Part).Images.Where(image => !unreadable.ContainsKey(image.Sha256))
            .ToList();
        var message = new V1.Explanation { Images = explanation.Part == DatasetPart.Validation ? "validation" : "search" };
        message.Variations.AddRange(explanation.Variations.Select(Of));
        message.ClassChanges.AddRange(explanation.Classes.Select(change => new V1.ClassChange
        {
            ClassName = Name(change.Label),
            Images = change.Images,
            BaselineRight = change.Before,
            WinnerRight = change.After,
        }));
        message.ConfusionChanges.AddRange(explanation.Confusions.Take(MostConfusions).Select(change => new V1.ConfusionChange
        {
            ClassName = Name(change.Label),
            TakenFor = Name(change.TakenFor),
            BaselineImages = change.Before,
            WinnerImages = change.After,
        }));
        message.FlippedImages.AddRange(explanation.Flips.Select(flip => new V1.FlippedImage
        {
            Path = images[flip.Image].Path,
            ClassName = Name(images[flip.Image].Label),
            Gained = flip.Gained,
            BaselineClass = flip.Before is { } before ? Name(before) : "",
            WinnerClass = flip.After is { } after ? Name(after) : "",
        }));
        message.Lineage.AddRange(explanation.Lineage.Select(RunMessages.Of));
        return message;
    }

    private static V1.VariationEffect Of(VariationEffect effect) => new()
    {
        Kind = effect.Variation.Kind switch
        {
            VariationKind.Word => V1.VariationKind.Word,
            VariationKind.Phrase => V1.VariationKind.Phrase,
            VariationKind.Template => V1.VariationKind.Template,
            VariationKind.Sentences => V1.VariationKind.Sentences,
            _ => V1.VariationKind.RandomWords,
        },
        Removed = effect.Variation.Removed,
        Template = effect.Variation.Template.Text,
        Accuracy = effect.Accuracy,
        Effect = ProofMessages.Of(effect.Effect),
    };
}
