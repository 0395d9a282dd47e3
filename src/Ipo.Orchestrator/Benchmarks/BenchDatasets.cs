using Ipo.Optimization.Benchmarks;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>Finds a benchmark's datasets: by the names that CoOp's instructions and the paper's tables give them, or by
/// their own.</summary>
internal sealed class BenchDatasets(DatasetRoots roots, DatasetStore store)
{
    // A root may be somebody's home: what cannot be looked into is no dataset.
    private static readonly EnumerationOptions Readable = new() { IgnoreInaccessible = true };

    /// <summary>The paper's dataset that a registered one is, by its name or folder, its number of classes and its
    /// published split; null for any other dataset.</summary>
    public static PaperDataset? PaperDatasetOf(Dataset dataset) => WhyNotThePapers(dataset) is null ? Namesake(dataset) : null;

    /// <summary>Why a dataset that is called like one of the paper's is another; null where it is that one or called
    /// otherwise.</summary>
    public static string? WhyNotThePapers(Dataset dataset) => Namesake(dataset) switch
    {
        null => null,
        var paper when paper.Classes != dataset.ClassNames.Count =>
            $"The dataset '{dataset.Name}' has {dataset.ClassNames.Count} classes and the paper's {paper.Name} has {paper.Classes}, so "
                + "the paper's figures do not apply to it.",
        var paper when !DatasetListing.IsPublished(dataset.Layout) =>
            $"The dataset '{dataset.Name}' (layout '{dataset.Layout}') does not have the split of the paper's {paper.Name}, so the "
                + "paper's figures do not apply to it; put CoOp's split file beside its images.",
        _ => null,
    };

    /// <summary>The paper's dataset that is called or lies like a registered one; null where there is none.</summary>
    public static PaperDataset? Namesake(Dataset dataset) =>
        PaperDataset.Find(dataset.Name) ?? PaperDataset.Find(Path.GetFileName(dataset.Folder));

    /// <summary>Looks for datasets.</summary>
    /// <param name="root">The folder that holds theirs; empty for every configured root.</param>
    /// <param name="names">What to look for; empty for the paper's eleven.</param>
    /// <exception cref="RefusedException">The root is none.</exception>
    public FoundDatasets Find(string root, IReadOnlyCollection<string> names)
    {
        IReadOnlyList<string> folders = root.Length == 0 ? roots.Folders : [roots.Resolve(root).Place];
        string[] places = [.. folders.Where(Directory.Exists).SelectMany(folder => (string[])
            [folder, .. Directory.GetDirectories(folder, "*", Readable).Order(StringComparer.Ordinal), .. Zips(folder, names)])];
        var standing = store.List();
        // Datasets that somebody registered from elsewhere belong to no root; they are taken where no root or every
        // name is given.
        var registered = root.Length == 0 || names.Count > 0 ? standing : [];

        var (datasets, leftOut) = (new List<FoundDataset>(), new List<LeftOut>());
        foreach (var wanted in names.Count > 0 ? names : [.. PaperDataset.All.Select(dataset => dataset.Folder)])
        {
            var paper = PaperDataset.Find(wanted);
            bool IsWanted(string name) => PaperDataset.IsCalled(name, wanted) || (paper is not null && PaperDataset.Find(name) == paper);
            if (places.FirstOrDefault(place => NameOf(place) == wanted) is { } exact)
                datasets.Add(In(exact, paper, standing));
            else if (places.FirstOrDefault(place => IsWanted(NameOf(place))) is { } place)
                datasets.Add(In(place, paper, standing));
            else if (registered.FirstOrDefault(dataset => IsWanted(dataset.Name)) is { } elsewhere)
                datasets.Add(new(elsewhere.Name, elsewhere.Folder, paper?.Name, elsewhere.HandWrittenTemplate, Registered: true));
            else leftOut.Add(new(
                paper?.Name ?? wanted,
                $"There is no folder '{paper?.Folder ?? wanted}' in "
                    + $"{string.Join(" or ", folders)}{(registered.Count > 0 ? ", and no registered dataset of that name" : "")}."));
        }
        return new(datasets, leftOut);
    }

    // A zip is taken by its name alone: the eleven are found as folders, and what is called EuroSAT.zip may be a bare
    // download.
    private static IEnumerable<string> Zips(string folder, IReadOnlyCollection<string> names) =>
        Directory.GetFiles(folder, "*.zip", Readable).Where(zip => names.Contains(Path.GetFileNameWithoutExtension(zip)))
            .Order(StringComparer.Ordinal);

    private static string NameOf(string place) =>
        Path.GetExtension(place) == ".zip" ? Path.GetFileNameWithoutExtension(place) : Path.GetFileName(place);

    // A folder that stands under a name keeps it, and the template that somebody wrote for it.
    private static FoundDataset In(string place, PaperDataset? paper, IReadOnlyList<Dataset> registered)
    {
        var folder = CanonicalPath.Of(place);
        var known = registered.FirstOrDefault(dataset => dataset.Folder == folder);
        return new(
            known?.Name ?? NameOf(place), place, paper?.Name, known?.HandWrittenTemplate ?? paper?.Template, Registered: false);
    }
}

/// <summary>Datasets that were looked for.</summary>
/// <param name="Datasets">Those that are there.</param>
/// <param name="LeftOut">Those that are not.</param>
internal sealed record FoundDatasets(IReadOnlyList<FoundDataset> Datasets, IReadOnlyList<LeftOut> LeftOut);

/// <summary>A dataset that a benchmark can take.</summary>
/// <param name="Name">The name that it is registered under, or is to be.</param>
/// <param name="Path">Its folder.</param>
/// <param name="PaperName">Its name in the paper's tables; null where it is not in them.</param>
/// <param name="HandWrittenTemplate">Its own template; null where there is none.</param>
/// <param name="Registered">Whether it was found among the registered datasets alone.</param>
internal sealed record FoundDataset(string Name, string Path, string? PaperName, string? HandWrittenTemplate, bool Registered);
