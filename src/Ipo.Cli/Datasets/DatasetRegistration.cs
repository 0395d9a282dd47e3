using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Sessions;
using Ipo.Cli.Watching;
using Ipo.V1;

namespace Ipo.Cli.Datasets;

/// <summary>Registers datasets, for a command of its own and before a run.</summary>
internal static class DatasetRegistration
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Registers a folder or zip with progress, and reports its contents and warnings.</summary>
    public static async Task<Dataset> RegisterAsync(Session session, string path, string? name, string? template)
    {
        // A folder or zip of this machine by its full path; anything else is the orchestrator's to find under its roots.
        var place = Path.Exists(path) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) : path;
        var written = PromptSetText.Template(template ?? "");
        var dataset = await WatchAsync(session, new() { Name = name ?? "", Path = place, HandWrittenTemplate = written });
        if (string.IsNullOrEmpty(name) && dataset.Name != NameOf(place))
            session.Terminal.Tell($"'{NameOf(place)}' is registered as '{dataset.Name}'; --name gives it another name.");
        session.Terminal.Tell($"Dataset '{dataset.Name}': {Contents(dataset)}.");
        foreach (var warning in dataset.Warnings) session.Terminal.Tell($"Warning: {warning}");
        return dataset;
    }

    /// <summary>Its classes and images, in words.</summary>
    public static string Contents(Dataset dataset) =>
        $"{Amounts.Count(dataset.ClassNames.Count, "class", "classes")}, {Amounts.Count(dataset.TrainImages)} training, " +
        $"{Amounts.Count(dataset.ValidationImages)} validation and {Amounts.Count(dataset.TestImages)} test images";

    // A million files take hours, and connections break meanwhile. Files that were read are not read again, so asking anew
    // is going on.
    private static async Task<Dataset> WatchAsync(Session session, RegisterDatasetRequest registration)
    {
        var (pause, lastHeard, heard) = (TimeSpan.FromSeconds(1), session.Terminal.Time.GetTimestamp(), false);
        while (true)
        {
            try { return await OnceAsync(session, registration, Heard); }
            catch (Exception lost) when (heard && !session.Cancellation.IsCancellationRequested && WhyLost(lost) is { } reason
                && session.Terminal.Time.GetElapsedTime(lastHeard) < RunChanges.Patience)
            {
                session.Terminal.Tell(
                    $"Connection lost ({reason}); retrying in {pause.TotalSeconds:0} s. Files that were read are not read again.");
                await Task.Delay(pause, session.Terminal.Time, session.Cancellation);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                session.Reconnect();
            }
        }

        void Heard() => (pause, lastHeard, heard) = (TimeSpan.FromSeconds(1), session.Terminal.Time.GetTimestamp(), true);
    }

    // Null where asking again mends nothing. A wait that a person chose is kept to, and an AppHost that is started again has
    // taken its addresses back meanwhile.
    private static string? WhyLost(Exception lost) => lost switch
    {
        RpcException { StatusCode: not StatusCode.DeadlineExceeded } fault when GrpcFaults.IsTransient(fault) =>
            GrpcFaults.NothingAnswered(fault) ? "nothing is listening" : fault.Status.Detail.TrimEnd('.'),
        CommandFailure => "no running AppHost",
        _ => null,
    };

    private static async Task<Dataset> OnceAsync(Session session, RegisterDatasetRequest registration, Action heard)
    {
        using var call = session.Client.Datasets.RegisterDatasetWithProgress(new() { Registration = registration });
        var display = new CountDisplay(session.Terminal);
        try
        {
            await foreach (var response in call.ResponseStream.ReadAllAsync(session.Cancellation))
            {
                heard();
                if (response.ResultCase is RegisterDatasetWithProgressResponse.ResultOneofCase.Dataset) return response.Dataset;
                display.Show(Wording.Doing(response.Progress.Stage), response.Progress.FilesDone, response.Progress.Files);
            }
        }
        finally { display.EndLine(); }
        throw new CommandFailure("The orchestrator ended the registration without a dataset; register it again.");
    }

    private static string NameOf(string path)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        return Path.GetExtension(name).Equals(".zip", StringComparison.OrdinalIgnoreCase) ? Path.GetFileNameWithoutExtension(name) : name;
    }
}
