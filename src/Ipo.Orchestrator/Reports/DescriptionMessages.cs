using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Datasets;

namespace Ipo.Orchestrator.Reports;

/// <summary>What became of descriptions, and which images splits share, as messages.</summary>
internal static class DescriptionMessages
{
    public static V1.DescriptionReport? Of(RunState run, Dataset dataset)
    {
        if (run.Descriptions.Count == 0) return null;
        var shown = ShownDescriptions.Of(run);
        var report = new V1.DescriptionReport
        {
            Described = run.Descriptions.Count,
            Lines = shown.Lines.Count,
            ImagesShown = shown.Texts.Count,
            Tokens = shown.Tokens,
            TokenBudget = run.Settings.DescriptionTokens,
            NamedAClass = run.NamedClasses.Count,
        };
        var images = dataset.Images.ToDictionary(image => image.Sha256);
        report.Flagged.AddRange(run.DescriptionsChosen?.Flagged.Select(flagged => new V1.FlaggedDescription
        {
            Path = images[flagged.Image].Path,
            ClassName = dataset.ClassNames[images[flagged.Image].Label],
            Description = run.Descriptions[flagged.Image],
            Flag = flagged.Flag == DescriptionFlag.NamesAClass ? V1.DescriptionFlag.NamesAClass : V1.DescriptionFlag.DoesNotFit,
            Similarity = flagged.Similarity,
            Score = flagged.Score,
            NamedClass = flagged.ClassName ?? "",
        }) ?? []);
        return report;
    }

    public static V1.DuplicateReport? Of(DuplicatesFound? found, Dataset dataset)
    {
        if (found is null) return null;
        var images = dataset.Images.ToDictionary(image => image.Sha256);
        var report = new V1.DuplicateReport { Images = found.Images, Threshold = DuplicateImages.DuplicateThreshold };
        report.Nearest.AddRange(found.Nearest.Select(pair => new V1.DuplicateImages
        {
            Path = images[pair.Image].Path,
            Split = Split(pair.Part),
            OtherPath = images[pair.Other].Path,
            OtherSplit = Split(pair.OtherPart),
            Cosine = pair.Cosine,
        }));
        return report;
    }

    private static string Split(DatasetPart part) => part switch
    {
        DatasetPart.Search => "train",
        DatasetPart.Validation => "validation",
        _ => "test",
    };
}
