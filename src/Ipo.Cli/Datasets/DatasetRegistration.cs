using Ipo.Cli.Output;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Datasets;

/// <summary>Registers datasets, for a command of its own and before a run.</summary>
internal static class DatasetRegistration
{
    /// <summary>Registers a folder or zip, and reports its contents and warnings.</summary>
    public static async Task<Dataset> RegisterAsync(Session session, string path, string? name, string? template)
    {
        var registered = await session.Client.Datasets.RegisterDatasetAsync(new()
        {
            Name = name ?? "",
            // A folder or zip of this machine by its full path; anything else is the orchestrator's to find under its
            // roots.
            Path = Path.Exists(path) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) : path,
            HandWrittenTemplate = PromptSetText.Template(template ?? ""),
        });
        var dataset = registered.Dataset;
        session.Terminal.Tell($"Dataset '{dataset.Name}': {Contents(dataset)}.");
        foreach (var warning in dataset.Warnings) session.Terminal.Tell($"Warning: {warning}");
        return dataset;
    }

    /// <summary>Its classes and images, in words.</summary>
    public static string Contents(Dataset dataset) =>
        $"{Amounts.Count(dataset.ClassNames.Count, "class", "classes")}, {Amounts.Count(dataset.TrainImages)} training, " +
        $"{Amounts.Count(dataset.ValidationImages)} validation and {Amounts.Count(dataset.TestImages)} test images";
}
