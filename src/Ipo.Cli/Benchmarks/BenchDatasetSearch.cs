using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.Cli.Datasets;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Benchmarks;

/// <summary>Finds a benchmark's datasets and registers them; what is missing or cannot be registered is told.</summary>
internal static class BenchDatasetSearch
{
    /// <summary>All that are there.</summary>
    /// <param name="but">One that is left out, by the name it is registered under.</param>
    /// <exception cref="CommandFailure">There is none.</exception>
    public static async Task<IReadOnlyList<BenchDataset>> AllAsync(
        Session session, string root, IReadOnlyList<string> names, string but = "")
    {
        var found = await session.Client.Bench.FindBenchDatasetsAsync(new() { Root = root, Names = { names } });
        foreach (var left in found.LeftOut) session.Terminal.Tell($"Skipped {left.Name}. {left.Reason}");
        var registered = new List<BenchDataset>();
        foreach (var dataset in found.Datasets.Where(dataset => dataset.Name != but))
            if (await RegisterAsync(session, dataset)) registered.Add(dataset);
        return registered.Count > 0 ? registered
            : throw new CommandFailure(
                $"No dataset found{(root.Length > 0 ? $" in {root}" : "")}. " +
                "Use --root to name the folder that holds the datasets' folders, or --datasets to name datasets.");
    }

    /// <summary>The one of a name; its name as it is registered.</summary>
    /// <exception cref="CommandFailure">It is not there.</exception>
    public static async Task<string> OneAsync(Session session, string root, string name)
    {
        var found = await session.Client.Bench.FindBenchDatasetsAsync(new() { Root = root, Names = { name } });
        if (found.LeftOut is [var missing, ..])
            throw new CommandFailure($"{missing.Reason} Use --source to name the dataset to search on.");
        return await RegisterAsync(session, found.Datasets[0])
            ? found.Datasets[0].Name
            : throw new CommandFailure($"{name} cannot be used for the search.");
    }

    private static async Task<bool> RegisterAsync(Session session, BenchDataset dataset)
    {
        if (dataset.Registered) return true;
        try
        {
            session.Terminal.Tell($"Reading {dataset.Path}");
            await DatasetRegistration.RegisterAsync(
                session, DatasetRegistration.Request(dataset.Path, dataset.Name, dataset.HandWrittenTemplate));
            return true;
        }
        catch (RpcException refused) when (refused.StatusCode is StatusCode.InvalidArgument or StatusCode.AlreadyExists)
        {
            session.Terminal.Tell($"Skipped {dataset.Name}. {refused.Status.Detail}");
            return false;
        }
    }
}
