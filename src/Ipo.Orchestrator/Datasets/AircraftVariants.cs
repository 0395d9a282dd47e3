using Ipo.Orchestrator.Errors;
namespace Ipo.Orchestrator.Datasets;

/// <summary>The layout "fgvc-aircraft": FGVC-Aircraft's own lists, as CoOp reads them (KaiyangZhou/CoOp,
/// datasets/fgvc_aircraft.py): <c>variants.txt</c> with the classes in label order, <c>images_variant_train.txt</c>,
/// <c>_val</c> and <c>_test</c> with an image's number and its class on each line, and the images in <c>images/</c>;
/// all of it in the dataset's folder, or in <c>data/</c> there as the archive unpacks.
/// </summary>
internal sealed class AircraftVariants : IDatasetLayout
{
    /// <summary>Name of the layout.</summary>
    public const string Layout = "fgvc-aircraft";

    public string Name => Layout;

    public int Order => 20;

    public string LookedFor =>
        "FGVC-Aircraft's images_variant_train.txt with images/";

    public bool IsPublished => true;

    private const string Variants = "variants.txt";

    private static readonly (string File, DatasetSplit Split)[] Lists =
    [
        ("images_variant_train.txt", DatasetSplit.Train), ("images_variant_val.txt", DatasetSplit.Validation),
            ("images_variant_test.txt", DatasetSplit.Test),
    ];

    /// <summary>The folder below a dataset's with the lists, "" or "data/"; null where it is another
    /// layout's.</summary>
    private static string? Find(string folder) =>
        ((string[])["", "data/"]).FirstOrDefault(prefix => Lists.Any(list => File.Exists(Path.Combine(folder, prefix + list.File))));

    public DatasetListing? Read(string folder, string root, RegistrationProgress progress) =>
        Find(folder) is { } prefix ? Read(folder, root, prefix, progress) : null;

    private static DatasetListing Read(string folder, string root, string prefix, RegistrationProgress progress)
    {
        var missing = Lists.Select(list => list.File).Prepend(Variants).Where(file => !File.Exists(Path.Combine(folder, prefix + file)))
            .ToList();
        if (!Directory.Exists(Path.Combine(folder, prefix + "images"))) missing.Add("images/");
        if (missing.Count > 0)
            throw RefusedException.Invalid(
                $"{Path.Combine(folder, prefix)} has some of FGVC-Aircraft's files but not {string.Join(", ", missing)}; add them "
                    + "from the archive's data/ folder.");

        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, line) in Lines(folder, root, prefix + Variants))
            if (!labels.TryAdd(name, labels.Count)) throw RefusedException.Invalid($"{Variants}, line {line} repeats the class '{name}'.");

        var images = new List<ListedImage>();
        foreach (var (file, split) in Lists)
        {
            var listed = Lines(folder, root, prefix + file).Select(row => Image(file, row.Text, row.Line, split, labels)).ToList();
            ListedFiles.CheckAll(file, Path.Combine(folder, prefix + "images"), root, [.. listed.Select(image => image.Path)], progress);
            images.AddRange(listed.Select(image => image with { Path = $"{prefix}images/{image.Path}" }));
        }
        return new(Layout, [.. labels.Keys.Select(ClassNames.Shown)], images, []);
    }

    private static ListedImage Image(string file, string text, int line, DatasetSplit split, Dictionary<string, int> labels)
    {
        var blank = text.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 1) throw RefusedException.Invalid($"{file}, line {line}: '{text}' is not an image's number, a space and its class.");
        var (number, name) = (text[..blank], text[(blank + 1)..].Trim());
        if (number.Contains('/', StringComparison.Ordinal) || !ListedFiles.IsBelow(number))
            throw RefusedException.Invalid($"{file}, line {line}: '{number}' is not an image's number.");
        return labels.TryGetValue(name, out var label)
            ? new($"{number}.jpg", label, split)
            : throw RefusedException.Invalid($"{file}, line {line}: the class '{name}' is not in {Variants}.");
    }

    private static IEnumerable<(string Text, int Line)> Lines(string folder, string root, string file)
    {
        using var reader = ListedFiles.Open(Path.Combine(folder, file), root);
        foreach (var (at, text) in ListedFiles.Lines(reader, file).Index())
            if (text.Trim() is { Length: > 0 } trimmed) yield return (trimmed, at + 1);
    }
}
