using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Images to score on, labelled by the class names that go with them.</summary>
internal sealed record LabelledImages(IReadOnlyList<DatasetImage> Images, IReadOnlyList<string> ClassNames)
{
    /// <summary>A part of a prepared run, before the scorer has seen its images.</summary>
    public static LabelledImages Of(Dataset dataset, RunPrepared prepared, DatasetPart part)
    {
        if (part == DatasetPart.Search)
        {
            return new([.. prepared.SearchImages.Select(image => dataset.TrainingImage(image.Sha256))], prepared.ClassNames);
        }
        var searched = prepared.ClassNames.Count;
        return part switch
        {
            DatasetPart.Validation =>
                new([.. dataset.Of(DatasetSplit.Validation).Where(image => image.Label < searched)], prepared.ClassNames),
            DatasetPart.TestBase => new([.. dataset.Of(DatasetSplit.Test).Where(image => image.Label < searched)], prepared.ClassNames),
            DatasetPart.TestNovel => Novel(dataset.Of(DatasetSplit.Test), dataset.ClassNames, searched),
            DatasetPart.EvenClasses => EveryOtherClass(Of(dataset, prepared, Finalists.SelectionPart(prepared)), odd: 0),
            DatasetPart.OddClasses => EveryOtherClass(Of(dataset, prepared, Finalists.SelectionPart(prepared)), odd: 1),
            _ => throw new ArgumentOutOfRangeException(nameof(part), part, null),
        };
    }

    /// <summary>Images of novel classes, labelled from 0: a classifier for them knows no others.</summary>
    public static LabelledImages Novel(IEnumerable<DatasetImage> images, IReadOnlyList<string> classNames, int searched) =>
        new([.. images.Where(image => image.Label >= searched).Select(image => image with { Label = image.Label - searched })],
            [.. classNames.Skip(searched)]);

    // Labelled anew from 0: each half is a classifier of its own, as base and novel classes are.
    private static LabelledImages EveryOtherClass(LabelledImages all, int odd) =>
        new([.. all.Images.Where(image => image.Label % 2 == odd).Select(image => image with { Label = image.Label / 2 })],
            [.. all.ClassNames.Where((_, label) => label % 2 == odd)]);

    /// <summary>The parts in which a dataset has images.</summary>
    public static IReadOnlyList<DatasetPart> PartsOf(Dataset dataset, int searched)
    {
        bool Has(DatasetSplit split, bool novel) => dataset.Images.Any(image => image.Split == split && image.Label >= searched == novel);
        var parts = new List<DatasetPart> { DatasetPart.Search };
        if (Has(DatasetSplit.Validation, novel: false)) parts.Add(DatasetPart.Validation);
        if (Has(DatasetSplit.Test, novel: false)) parts.Add(DatasetPart.TestBase);
        if (dataset.ClassNames.Count - searched > 1 && Has(DatasetSplit.Test, novel: true)) parts.Add(DatasetPart.TestNovel);
        return parts;
    }
}
