namespace Ipo.Benchmarks;

/// <summary>What one run of the benchmark measures.</summary>
/// <param name="Rows">Names out of <see cref="Suite.RowNames"/>.</param>
/// <param name="Threads">Threads of the towers, each measured by itself.</param>
/// <param name="Shapes">Checkpoints' shapes, each measured by itself.</param>
/// <param name="Rounds">Interleaved rounds that a median is taken over.</param>
/// <param name="Short">Fewer images and points.</param>
/// <param name="Charts">Folder for charts; null writes none.</param>
internal sealed record BenchmarkOptions(
    IReadOnlyList<string> Rows, IReadOnlyList<int> Threads, IReadOnlyList<TowerShape> Shapes, int Rounds, bool Short, string? Charts);

/// <summary>A checkpoint's shape as OpenAI published it (openai/clip-vit-base-patch32 and -patch16, config.json).</summary>
/// <param name="Name">As it is called in tables.</param>
/// <param name="PatchSize">Pixels along each side of a patch; all else is alike.</param>
internal sealed record TowerShape(string Name, int PatchSize)
{
    public static IReadOnlyList<TowerShape> All { get; } = [new("B/32", 32), new("B/16", 16)];

    public static TowerShape Named(string name) => All.Single(shape => shape.Name == name);
}
