using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.Cli.Reports;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Benchmarks;

/// <summary>Has published prompts scored, with progress, and prints the comparison.</summary>
internal static class PublishedRunner
{
    public static async Task<int> RunAsync(Session session, ComparePublishedRequest request, FileInfo? output)
    {
        var compared = 0;
        using var call = session.Client.Bench.ComparePublished(request);
        var display = new EncodingDisplay(session.Terminal);
        await foreach (var response in call.ResponseStream.ReadAllAsync(session.Cancellation))
        {
            if (response.ResultCase is ComparePublishedResponse.ResultOneofCase.Progress) display.Begin(response.Progress);
            if (response.ResultCase is ComparePublishedResponse.ResultOneofCase.Encoding) display.Show(response.Encoding);
            if (response.ResultCase is not ComparePublishedResponse.ResultOneofCase.Comparison) continue;
            compared = response.Comparison.Rows.Count;
            if (!response.Comparison.IsPaperCheckpoint) session.Terminal.Tell($"Warning: {response.Comparison.Notes[0]}");
            ReportFile.Write(session, response.Comparison, response.Comparison.Markdown, output, session.Json);
        }
        return compared > 0 ? ExitCode.Done : ExitCode.Error;
    }
}

/// <summary>The file of published prompts.</summary>
internal static class PublishedPromptsFile
{
    private const string DefaultName = "published_prompts.csv";
    private const long LargestBytes = 3 * 1024 * 1024; // the contract's limit

    /// <exception cref="CommandFailure">There is none, or it is too large.</exception>
    public static string Read(FileInfo? named, string root)
    {
        var file = named ?? Default(root);
        if (!file.Exists) throw new CommandFailure($"There is no file {file.FullName}.");
        return file.Length <= LargestBytes ? File.ReadAllText(file.FullName)
            : throw new CommandFailure($"{file.FullName} has {file.Length} bytes; the limit is {LargestBytes}.");
    }

    private static FileInfo Default(string root)
    {
        var folder = Path.GetFullPath(root.Length > 0 ? root : ".");
        string[] places = [Path.Combine(folder, DefaultName), Path.Combine(Path.GetDirectoryName(folder) ?? folder, DefaultName)];
        return places.FirstOrDefault(File.Exists) is { } found ? new(found)
            : throw new CommandFailure(
                $"Neither {string.Join(" nor ", places)} exists; name the file of published prompts.", ExitCode.Usage);
    }
}
