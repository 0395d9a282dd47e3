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
