namespace Ipo.Optimization.Benchmarks;

/// <summary>A dataset of the IPO paper's tables.</summary>
/// <param name="Name">Its name in the tables.</param>
/// <param name="Folder">Its folder by CoOp's instructions (KaiyangZhou/CoOp, DATASETS.md).</param>
/// <param name="Classes">Number of its classes in CoOp's splits.</param>
/// <param name="Template">Its hand-written template, which the tables' CLIP rows use (CUSTOM_TEMPLATES in CoOp's
/// trainers/zsclip.py).</param>
public sealed record PaperDataset(string Name, string Folder, int Classes, string Template)
{
    private const string Generic = "a photo of a <CLASS>.";

    /// <summary>All eleven, in the order of the tables.</summary>
    public static IReadOnlyList<PaperDataset> All { get; } =
    [
        new("ImageNet", "imagenet", 1000, Generic),
        new("Caltech101", "caltech-101", 100, Generic),
        new("OxfordPets", "oxford_pets", 37, "a photo of a <CLASS>, a type of pet."),
        new("StanfordCars", "stanford_cars", 196, Generic),
        new("Flowers102", "oxford_flowers", 102, "a photo of a <CLASS>, a type of flower."),
        new("Food101", "food-101", 101, "a photo of <CLASS>, a type of food."),
        new("FGVCAircraft", "fgvc_aircraft", 100, "a photo of a <CLASS>, a type of aircraft."),
        new("SUN397", "sun397", 397, Generic),
        new("DTD", "dtd", 47, "<CLASS> texture."),
        new("EuroSAT", "eurosat", 10, "a centered satellite photo of <CLASS>."),
        new("UCF101", "ucf101", 101, "a photo of a person doing <CLASS>."),
    ];

    /// <summary>The dataset that is called or lies so, capitals, hyphens and underscores aside; null where it is not
    /// one of the eleven.</summary>
    public static PaperDataset? Find(string name) =>
        All.FirstOrDefault(dataset => IsCalled(name, dataset.Name) || IsCalled(name, dataset.Folder));

    /// <summary>Whether two names are the same, capitals, hyphens and underscores aside.</summary>
    public static bool IsCalled(string name, string other) => Plain(name) == Plain(other);

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
