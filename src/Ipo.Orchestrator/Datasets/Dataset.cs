using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Ipo.Orchestrator.Datasets;

/// <summary>A registered dataset: what its folder held when it was registered.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Folder">Its folder, without symbolic links.</param>
/// <param name="Digest">SHA-256 over class names, images, labels and splits, 64 lower-case hexadecimal digits.</param>
/// <param name="Layout">Name of its layout (docs/datasets.md).</param>
/// <param name="ClassNames">Class names in label order.</param>
/// <param name="Images">All images, by split, label and digest; a digest stands once.</param>
/// <param name="HandWrittenTemplate">The template its owner wrote; null for none.</param>
/// <param name="Warnings">What a person should know, one sentence each.</param>
/// <param name="RegisteredAt">When this content was registered.</param>
internal sealed record Dataset(
    string Name,
    string Folder,
    string Digest,
    string Layout,
    IReadOnlyList<string> ClassNames,
    IReadOnlyList<DatasetImage> Images,
    string? HandWrittenTemplate,
    IReadOnlyList<string> Warnings,
    DateTimeOffset RegisteredAt)
{
    // Beside the record and not in it: a copy with other images must not share it, and two datasets with the same
    // images are equal.
    private static readonly ConditionalWeakTable<IReadOnlyList<DatasetImage>, Dictionary<string, DatasetImage>> ByDigest = [];

    /// <summary>The images of a split.</summary>
    public IEnumerable<DatasetImage> Of(DatasetSplit split) => Images.Where(image => image.Split == split);

    /// <summary>The training image of a digest.</summary>
    public DatasetImage TrainingImage(string sha256) => ByDigest.GetValue(
        Images, images => images.Where(image => image.Split == DatasetSplit.Train).ToDictionary(image => image.Sha256))[sha256];

    /// <summary>The digest of a dataset's content. Names of files do not count: a moved dataset is the same
    /// one.</summary>
    public static string DigestOf(IReadOnlyList<string> classNames, IEnumerable<DatasetImage> images)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string line) => hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
        Add("ipo-dataset-1");
        foreach (var name in classNames) Add(name);
        foreach (var image in images) Add($"{image.Split} {image.Label} {image.Sha256}");
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>An image of a dataset.</summary>
/// <param name="Path">Its file, relative to the dataset's folder, with '/'.</param>
/// <param name="Sha256">SHA-256 of the file, 64 lower-case hexadecimal digits.</param>
/// <param name="Label">Index of its class.</param>
/// <param name="Split">The split it belongs to.</param>
internal sealed record DatasetImage(string Path, string Sha256, int Label, DatasetSplit Split);

/// <summary>The three splits. The numbers are stored.</summary>
internal enum DatasetSplit
{
    Train = 1,
    Validation = 2,
    Test = 3,
}
