using Ipo.Optimization.Templates;
using Ipo.Optimization.Text;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Limits;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Takes a folder or a zip over as a dataset: finds its layout, reads every image, refuses what would make a
/// result wrong and warns of what is left out.</summary>
internal sealed class DatasetRegistration(
    DatasetRoots roots, UploadedFolders uploads, ZipFiles zips, ImageInspection inspection, DatasetStore store,
    Ledger ledger, IOptions<OrchestratorOptions> options, TimeProvider clock)
{
    /// <summary>Registers a folder or a zip; the same content again is no change.</summary>
    /// <exception cref="RefusedException">It cannot be a dataset, or the name stands for another one.</exception>
    /// <param name="progress">Told of what is done meanwhile.</param>
    public async Task<Dataset> RegisterAsync(
        V1.RegisterDatasetRequest request, RegistrationProgress progress, CancellationToken cancellation)
    {
        var (folder, root) = Find(request);
        var name = request.Name;
        name = name.Length == 0
            ? DatasetName.Of(ZipFiles.IsZip(folder) ? Path.GetFileNameWithoutExtension(folder) : Path.GetFileName(folder))
            : DatasetName.Check(name);

        var warnings = new List<string>();
        using var unpacked = ZipFiles.IsZip(folder) ? await zips.UnpackAsync(folder, root, progress, cancellation) : null;
        if (unpacked is not null)
        {
            (folder, root) = (unpacked.Folder, unpacked.Root);
            warnings.AddRange(unpacked.Warnings);
        }
        progress.Begin(RegistrationStage.Listing, 0);
        (folder, var listing) = Read(folder, root, progress);
        warnings.AddRange(listing.Warnings);
        CheckNames(folder, listing, warnings);
        WarnOfFunctionWords(listing, warnings);
        if (listing.Images.Count > options.Value.MostImages)
            throw RefusedException.Invalid(
                $"{folder} has {listing.Images.Count} images; the limit is {options.Value.MostImages} "
                    + $"({OrchestratorOptions.Section}:MostImages).");
        ledger.Demand(Used.Images, listing.Images.Count);
        var template = ReadTemplate(request.HandWrittenTemplate);

        store.Release(name); // or of a million images there would be two lists at once
        var files = await inspection.InspectAsync(folder, root, [.. listing.Images.Select(image => image.Path)], progress, cancellation);
        foreach (var fault in files.Where(file => file.Fault is not null).GroupBy(file => file.Fault!))
            warnings.Add(
                $"{FileList.Summarize([.. fault.Select(file => file.Path)])} {fault.Key} and {(fault.Count() == 1 ? "is" : "are")} left "
                    + "out.");

        var usable = listing.Images.Zip(files).Where(pair => pair.Second.Sha256 is not null)
            .Select(pair => (Listed: pair.First, Sha256: pair.Second.Sha256!)).ToList();
        var distinct = DatasetListing.IsPublished(listing.Layout)
            ? DuplicateFiles.Drop(usable, warnings)
            : DuplicateFiles.Reject(usable, listing.ClassNames, warnings);
        var images = Split(distinct);
        CheckCounts(folder, listing, images, warnings);

        progress.Begin(RegistrationStage.Saving, images.Count);
        DatasetImage[] ordered =
            [.. images.OrderBy(image => image.Split).ThenBy(image => image.Label).ThenBy(image => image.Sha256, StringComparer.Ordinal)];
        var digest = Dataset.DigestOf(listing.ClassNames, ordered);
        RefuseOtherDataset(name, folder, digest);
        if (!store.Has(name, digest)) ledger.Add(Used.Images, ordered.Length); // the same content again is no change
        return store.Save(
            new(name, folder, digest, listing.Layout, listing.ClassNames, ordered, template, warnings, clock.GetUtcNow()), progress.Done);
    }

    private (string Place, string Root) Find(V1.RegisterDatasetRequest request)
    {
        if (request.Upload.Length == 0) return roots.Resolve(request.Path);
        if (request.Path.Length > 0) throw RefusedException.InvalidField("upload", "is given beside path; give one of them.");
        if (request.Name.Length == 0) throw RefusedException.InvalidField("name", "is empty; give the uploaded dataset a name.");
        var place = uploads.Assemble(request.Upload);
        return (place, Path.GetDirectoryName(place)!);
    }

    private static (string Folder, DatasetListing Listing) Read(string folder, string root, RegistrationProgress progress)
    {
        try { return DatasetListing.Read(folder, root, progress); }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw RefusedException.Invalid($"{folder} cannot be read: {fault.Message}");
        }
    }

    private static string? ReadTemplate(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        return PromptTemplate.TryParse(text, [], out var template, out var refusal)
            ? template.Text
            : throw RefusedException.InvalidField(
                "hand_written_template", $"'{text}': {refusal.Message} Write for instance \"a photo of a <CLASS>, a type of flower.\".");
    }

    // ImageNet's published names hold two "missile" and two "sunglasses": results on it are what they are with these.
    private void CheckNames(string folder, DatasetListing listing, List<string> warnings)
    {
        ClassNames.Check(listing.ClassNames, folder, options.Value.MostClasses);
        if (ClassNames.Twins(listing.ClassNames) is not { } twins) return;
        if (listing.Layout != ImageNetFolders.Layout) throw RefusedException.Invalid($"{folder}: {twins}; rename one.");
        warnings.Add($"{twins}; the first of them gets all their images.");
    }

    private static void WarnOfFunctionWords(DatasetListing listing, List<string> warnings)
    {
        var words = listing.ClassNames.Where(FunctionWords.IsOne).ToList();
        if (words.Count == 0) return;
        warnings.Add(
            $"{(words.Count == 1 ? "The class name" : "The class names")} {FileList.Summarize(words)} "
                + $"{(words.Count == 1 ? "is an everyday word" : "are everyday words")}, so templates and descriptions may contain "
                + $"{(words.Count == 1 ? "it" : "them")} too. Clearer names make better prompts.");
    }

    private static List<DatasetImage> Split(List<(ListedImage Listed, string Sha256)> images) =>
        [.. images.GroupBy(image => image.Listed.Label).SelectMany(group =>
        {
            var made = SplitByDigest.Of([.. group.Where(image => image.Listed.Split is null).Select(image => image.Sha256)]);
            return group.Select(
                image => new DatasetImage(image.Listed.Path, image.Sha256, group.Key, image.Listed.Split ?? made[image.Sha256]));
        })];

    private static void CheckCounts(string folder, DatasetListing listing, List<DatasetImage> images, List<string> warnings)
    {
        var (classNames, testAlone) = (listing.ClassNames, DatasetListing.HasTestAlone(listing.Layout));
        var counts = images.CountBy(image => (image.Label, image.Split)).ToDictionary();
        string[] Without(DatasetSplit split) => [.. classNames.Where((_, label) => !counts.ContainsKey((label, split)))];

        var empty = classNames.Where((_, label) => !counts.Keys.Any(key => key.Label == label)).ToList();
        if (empty.Count > 0)
            throw RefusedException.Invalid(
                $"{folder}: {(empty.Count == 1 ? "the class" : "the classes")} {FileList.Summarize(empty)} "
                    + $"{(empty.Count == 1 ? "has" : "have")} no "
                    + $"image that can be used; add images or remove the class. {string.Join(" ", warnings.Take(3))}".TrimEnd());
        if (!testAlone && Without(DatasetSplit.Train) is { Length: > 0 } untrained)
            throw RefusedException.Invalid(
                $"{folder}: {(untrained.Length == 1 ? "the class" : "the classes")} {FileList.Summarize(untrained)} "
                    + $"{(untrained.Length == 1 ? "has" : "have")} no training image; add one, or remove the class from every split.");
        if (Without(DatasetSplit.Test) is { Length: > 0 } untested)
        {
            if (untested.Length == classNames.Count)
                throw RefusedException.Invalid(
                    $"{folder} has no test images, so no gain could be shown; give every class at least two images.");
            warnings.Add(
                $"{(untested.Length == 1 ? "The class" : "The classes")} {FileList.Summarize(untested)} "
                    + $"{(untested.Length == 1 ? "has" : "have")} no "
                    + $"test image, so the report says nothing about {(untested.Length == 1 ? "it" : "them")}.");
        }
        if (testAlone)
            warnings.Add("There are test images alone: no run can search on it, and 'ipo bench cross-dataset' tests on it.");
        else if (Without(DatasetSplit.Validation).Length == classNames.Count)
            warnings.Add("There are no validation images; the report has no validation column.");
    }

    private void RefuseOtherDataset(string name, string folder, string digest)
    {
        if (store.FindWithoutImages(name) is { } standing && standing.Folder != folder && standing.Digest != digest
            && !zips.AreOfOneZip(standing.Folder, folder) && !(uploads.IsOne(standing.Folder) && uploads.IsOne(folder)))
            throw RefusedException.Exists(
                $"The name '{name}' is taken by the dataset in {standing.Folder}; give this one another name "
                + "(on the command line with --name).");
    }
}
