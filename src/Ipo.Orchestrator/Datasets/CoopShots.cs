using System.Globalization;
using System.Security.Cryptography;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Orchestrator.Errors;
using Ipo.Pickles;

namespace Ipo.Orchestrator.Datasets;

/// <summary>The images that CoOp itself drew for a number of shots and a seed: <c>split_fewshot/shot_K-seed_S.pkl</c> in
/// the dataset's folder, which its code writes at the first training (KaiyangZhou/CoOp, datasets/*.py). It is a pickle of
/// lists of Dassl's Datum objects, and is read as data. Its list "val" is not used: validation images are the dataset's.
/// </summary>
internal static class CoopShots
{
    // ImageNet's list of 16 shots has some four MB.
    private const long LargestBytes = 64 << 20;

    /// <summary>The list of some shots and a seed, relative to a dataset's folder.</summary>
    public static string PathOf(RunSettings settings) =>
        string.Create(CultureInfo.InvariantCulture, $"split_fewshot/shot_{settings.Shots}-seed_{settings.Seed}.pkl");

    /// <summary>Digest of the list that settings name, 64 lower-case hexadecimal digits; empty where they name none.</summary>
    /// <exception cref="RefusedException">The list is not there.</exception>
    public static string Digest(Dataset dataset, RunSettings settings)
    {
        if (!settings.CoopShots) return "";
        using var file = Open(dataset, settings);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>Reads the search images.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="settings">Shots and seed.</param>
    /// <param name="searched">Number of classes that are searched on; images of others are passed over.</param>
    /// <returns>The images in scoring order: by label, then by digest.</returns>
    /// <exception cref="RefusedException">The list is missing, cannot be read, or names an image that the dataset lacks.</exception>
    public static IReadOnlyList<SearchImage> Read(Dataset dataset, RunSettings settings, int searched)
    {
        var list = PathOf(settings);
        var byPath = dataset.Images.ToDictionary(image => image.Path, StringComparer.Ordinal);
        var images = Listed(dataset, settings, list).Select(listed => Image(dataset, byPath, list, listed))
            .Where(image => image.Label < searched).DistinctBy(image => image.Sha256)
            .OrderBy(image => image.Label).ThenBy(image => image.Sha256, StringComparer.Ordinal).ToList();
        if (Enumerable.Range(0, searched).Except(images.Select(image => image.Label)).ToList() is { Count: > 0 } empty)
            throw Refused(list, dataset, $"lists no image of the class '{dataset.ClassNames[empty[0]]}'");
        return images;
    }

    private static SearchImage Image(Dataset dataset, Dictionary<string, DatasetImage> byPath, string list, ListedShot listed)
    {
        // Full paths of the machine that drew them: what they end in is the path here.
        var parts = ListedFiles.Plain(listed.Path).Split('/');
        var image = Enumerable.Range(0, parts.Length).Select(from => byPath.GetValueOrDefault(string.Join('/', parts[from..])))
            .FirstOrDefault(found => found is not null);
        var shown = PickleNames.Printable(listed.Path);
        if (image is null)
            throw Refused(
                list, dataset,
                $"lists '{shown}', which the registered dataset has not (a copy of another image is left out when it is registered)");
        if (image.Split != DatasetSplit.Train)
            throw Refused(list, dataset, $"lists '{shown}', which is no training image of the registered dataset");
        return image.Label == listed.Label
            ? new(image.Sha256, image.Label)
            : throw Refused(list, dataset, $"gives '{shown}' the label {listed.Label}, and the registered dataset {image.Label}");
    }

    private static List<ListedShot> Listed(Dataset dataset, RunSettings settings, string list)
    {
        using var file = Open(dataset, settings);
        try
        {
            var root = new PickleReader(file, new DatumNames()).Read();
            if ((root as PickledDictionary)?.ByText().GetValueOrDefault("train") is not List<object?> train)
                throw Refused(list, dataset, "has no list \"train\"");
            return [.. train.Select((datum, at) => (datum as PickledDatum)?.Shot
                ?? throw Refused(list, dataset, $"has something else than an image with path and label at \"train\"[{at}]"))];
        }
        catch (PickleException refused)
        {
            throw RefusedException.Forbidden($"{Path.Combine(dataset.Folder, list)} {refused.Message}");
        }
    }

    private static BufferedStream Open(Dataset dataset, RunSettings settings)
    {
        var (list, file) = (PathOf(settings), new FileInfo(Path.Combine(dataset.Folder, PathOf(settings))));
        if (!file.Exists)
            throw RefusedException.Forbidden(
                $"{file.FullName} is not there, and coop_shots takes the search images from it. Have CoOp write it, by a training with "
                    + $"{settings.Shots} shots and seed {settings.Seed}, or leave coop_shots out.");
        ListedFiles.RefuseLeaving(file.FullName, dataset.Folder, list);
        if (file.Length > LargestBytes) throw Refused(list, dataset, $"has {file.Length} bytes; at most {LargestBytes} are read");
        return new(OpenedFile.Read(file.FullName, dataset.Folder));
    }

    private static RefusedException Refused(string list, Dataset dataset, string what) => RefusedException.Forbidden(
        $"{Path.Combine(dataset.Folder, list)} {what}. Put the list there that CoOp drew from this dataset, or leave coop_shots out.");

    /// <summary>An image that a list names.</summary>
    /// <param name="Path">Its path on the machine where the list was written.</param>
    /// <param name="Label">Index of its class.</param>
    private sealed record ListedShot(string Path, long Label);

    // Dassl's Datum keeps impath, label, domain and classname below names with an underscore.
    private sealed class PickledDatum
    {
        public ListedShot? Shot { get; private set; }

        public void Set(Dictionary<string, object?> attributes) =>
            Shot = (attributes.GetValueOrDefault("_impath"), attributes.GetValueOrDefault("_label")) is (string path, long label)
                ? new(path, label)
                : null;
    }

    private sealed record DatumGlobal : IPickledGlobal;

    private sealed class DatumNames : PickleNames
    {
        private const string Datum = "dassl.data.datasets.base_dataset.Datum";
        private const int Least = 2, Most = 5;

        public override string WrittenBy => "CoOp writes for its lists of images";

        public override void RequireProtocol(byte protocol)
        {
            if (protocol is < Least or > Most)
                throw new PickleException($"holds a pickle of protocol {protocol}; lists of {Least} to {Most} are read.");
        }

        public override bool Has(Opcode opcode) => opcode is not (Opcode.BinPersId or Opcode.Reduce);

        public override IPickledGlobal Global(string module, string name) => $"{module}.{name}" == Datum ? new DatumGlobal()
            : throw new PickleException(
                $"names '{Printable($"{module}.{name}")}', and a list of images names {Datum} alone. Nothing of it was run; do not open "
                    + "this file with a program that runs pickles unless you trust where it is from.");

        public override object New(IPickledGlobal global, object?[] arguments) => arguments.Length == 0 ? new PickledDatum()
            : throw PickleException.Damaged("an image is made with arguments");

        public override void Build(object? made, object? attributes)
        {
            if (made is not PickledDatum datum || attributes is not PickledDictionary given)
                throw PickleException.Damaged("attributes are given to something that is no image");
            datum.Set(given.ByText());
        }
    }
}
