using Ipo.V1;

namespace Ipo.IntegrationTests.Faults;

/// <summary>The dataset of systems that are disturbed: eight drawings of each bird.</summary>
internal static class DrawnDataset
{
    public const string Name = "drawn";

    /// <summary>Draws it while processes start, and registers it once they answer.</summary>
    /// <param name="client">The orchestrator.</param>
    /// <param name="datasets">The folder in which it lies.</param>
    /// <param name="processes">Those that start.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task DrawAsync(IpoClient client, string datasets, IEnumerable<ServiceProcess> processes, CancellationToken cancellation)
    {
        await BuiltPrograms.DrawAsync(Path.Combine(datasets, Name), cancellation, "--style", "chalk", "--category", "bird", "--count", "8");
        foreach (var process in processes) await process.ReadyAsync(cancellation);
        await RegisterAsync(client, datasets, cancellation);
    }

    /// <summary>Registers it as it lies there.</summary>
    public static async Task RegisterAsync(IpoClient client, string datasets, CancellationToken cancellation) =>
        await client.Datasets.RegisterDatasetAsync(new() { Name = Name, Path = Path.Combine(datasets, Name) }, cancellationToken: cancellation);
}
