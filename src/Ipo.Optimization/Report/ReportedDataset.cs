namespace Ipo.Optimization.Report;

/// <summary>What a report says of a dataset.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Layout">How its folder is laid out.</param>
/// <param name="Digest">SHA-256 over its content.</param>
/// <param name="ClassNames">Names of all classes, in label order.</param>
/// <param name="Sizes">Images of each split.</param>
/// <param name="Warnings">What its registration found, one sentence each.</param>
/// <param name="Images">Its images by digest.</param>
/// <param name="SelectionImages">The selection images the winner, in scoring order.</param>
/// <param name="Unreadable">Images that the scorer cannot read, in the dataset's order.</param>
public sealed record ReportedDataset(
    string Name,
    string Layout,
    string Digest,
    IReadOnlyList<string> ClassNames,
    SplitSizes Sizes,
    IReadOnlyList<string> Warnings,
    IReadOnlyDictionary<string, ReportedImage> Images,
    IReadOnlyList<ReportedImage> SelectionImages,
    IReadOnlyList<UnreadableImage> Unreadable);

/// <summary>Images of each split.</summary>
/// <param name="Train">Training images.</param>
/// <param name="Validation">Validation images.</param>
/// <param name="Test">Test images.</param>
public sealed record SplitSizes(int Train, int Validation, int Test);

/// <summary>An image of a dataset.</summary>
/// <param name="Path">Its file, relative to the dataset's folder.</param>
/// <param name="Label">Index of its class.</param>
public sealed record ReportedImage(string Path, int Label);

/// <summary>An image that the scorer cannot read.</summary>
/// <param name="Path">Its file, relative to the dataset's folder.</param>
/// <param name="Reason">Why, in the scorer's words.</param>
public sealed record UnreadableImage(string Path, string Reason);
