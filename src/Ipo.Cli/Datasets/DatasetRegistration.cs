using Ipo.Cli.Output;
using Ipo.Cli.Sessions;
using Ipo.Cli.Watching;
using Ipo.V1;

namespace Ipo.Cli.Datasets;

/// <summary>Registers datasets, for a command of its own and before a run.</summary>
internal static class DatasetRegistration
{
    /// <summary>The operation that registers a folder or zip.</summary>
    /// <param name="path">The folder or zip.</param>
    /// <param name="name">The dataset's name; null for one made of the folder's.</param>
    /// <param name="template">A template written by hand, or null.</param>
    /// <param name="operationId">Id of the operation; null for a new one.</param>
    public static CreateOperationRequest Request(string path, string? name, string? template, string? operationId = null) => new()
    {
        OperationId = operationId ?? OperationText.NewId("registration"),
        Registration = new()
        {
            Name = name ?? "",
            // A folder or zip of this machine by its full path; anything else is the orchestrator's to find under its roots.
            Path = Path.Exists(path) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) : path,
            HandWrittenTemplate = PromptSetText.Template(template ?? ""),
        },
    };

    /// <summary>Registers with progress, and reports the dataset's contents and warnings.</summary>
    public static async Task<Dataset> RegisterAsync(Session session, CreateOperationRequest request)
    {
        var dataset = (await OperationFollower.FollowAsync(session, request)).Dataset;
        var registration = request.Registration;
        if (registration.Name.Length == 0 && dataset.Name != NameOf(registration.Path))
            session.Terminal.Tell($"'{NameOf(registration.Path)}' is registered as '{dataset.Name}'; --name gives it another name.");
        session.Terminal.Tell($"Dataset '{dataset.Name}': {DatasetText.Contents(dataset)}.");
        foreach (var warning in dataset.Warnings) session.Terminal.Tell($"Warning: {warning}");
        return dataset;
    }

    private static string NameOf(string path)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        return Path.GetExtension(name).Equals(".zip", StringComparison.OrdinalIgnoreCase) ? Path.GetFileNameWithoutExtension(name) : name;
    }
}
