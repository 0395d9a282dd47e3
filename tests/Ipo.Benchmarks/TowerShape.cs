namespace Ipo.Benchmarks;

/// <summary>A checkpoint's shape as OpenAI published it (openai/clip-vit-base-patch32 and -patch16, config.json).</summary>
/// <param name="Name">As it is called in tables.</param>
/// <param name="PatchSize">Pixels along each side of a patch; all else is alike.</param>
internal sealed record TowerShape(string Name, int PatchSize)
{
    public static IReadOnlyList<TowerShape> All { get; } = [new("B/32", 32), new("B/16", 16)];

    public static TowerShape Named(string name) => All.Single(shape => shape.Name == name);
}
