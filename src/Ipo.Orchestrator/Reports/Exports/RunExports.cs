using Ipo.Orchestrator.Errors;
using Google.Protobuf;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Runs;
using Ipo.Orchestrator.Clients;

namespace Ipo.Orchestrator.Reports;

/// <summary>Makes files of what a completed run found.</summary>
internal sealed class RunExports(ReportStore reports, RunStore store, DatasetStore datasets, ScorerClient scorer, TimeProvider clock)
{
    private const int ChunkBytes = 1024 * 1024; // the contract's limit

    // 1,024 numbers of four bytes for each would just pass the 4 MiB that a gRPC client takes.
    private const int TextsAtOnce = 512;

    /// <summary>Exports a run.</summary>
    /// <exception cref="RefusedException">There is no such run, it is not complete, or the scorer has another checkpoint by
    /// now.</exception>
    public async IAsyncEnumerable<V1.ExportRunResponse> ExportAsync(
        V1.ExportRunRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var file in await FilesAsync(request, cancellation))
            foreach (var chunk in Chunks(file))
                yield return chunk;
    }

    internal static IEnumerable<V1.ExportRunResponse> Chunks(ExportedFile file)
    {
        for (var at = 0; at < file.Content.Length; at += ChunkBytes)
            yield return new()
            {
                Suffix = file.Suffix,
                Content = UnsafeByteOperations.UnsafeWrap(file.Content.AsMemory(at, Math.Min(ChunkBytes, file.Content.Length - at)))
            };
    }

    private async Task<ExportedFile[]> FilesAsync(V1.ExportRunRequest request, CancellationToken cancellation)
    {
        if (request.Format is V1.ExportFormat.Unspecified || !Enum.IsDefined(request.Format))
            throw RefusedException.InvalidField(
                "format", $"is {(int)request.Format}; it takes open_clip, clip_benchmark, cupl, npy, safetensors or report.");
        var report = await reports.GetAsync(request.RunId, cancellation);
        // Searched classes come first in label order.
        string[] classNames =
            [.. report.Dataset.ClassNames.Take(
                request.AllClasses ? report.Dataset.ClassNames.Count : report.WinnerEvaluation.Search.Classes)];
        var winner = PromptSet.Parse(report.Winner);
        if (winner.Sentences.Count > 0 && request.Format is V1.ExportFormat.OpenClip or V1.ExportFormat.ClipBenchmark)
            throw RefusedException.Forbidden(
                $"The winner of run '{request.RunId}' has sentences of single classes, which a list of templates cannot hold; take cupl, "
                    + "npy or safetensors.");
        return request.Format switch
        {
            V1.ExportFormat.OpenClip => [new("", TemplateFiles.OpenClip(winner))],
            V1.ExportFormat.ClipBenchmark => [new("", TemplateFiles.ClipBenchmark(report.Dataset.Name, winner))],
            V1.ExportFormat.Cupl => [new("", TemplateFiles.Cupl(winner, classNames))],
            V1.ExportFormat.Report => [new("", await ReportAsync(report, cancellation))],
            _ => await WeightsAsync(request.Format, report, winner, classNames, cancellation),
        };
    }

    private async Task<ExportedFile[]> WeightsAsync(
        V1.ExportFormat format, V1.RunReport report, PromptSet winner, string[] classNames, CancellationToken cancellation)
    {
        var retry = RetryPolicy.ForRequest(clock);
        var (ran, now) = (report.Run.Model, await scorer.GetModelAsync(retry, cancellation));
        if ((now.Digest, now.Precision) != (ran.Digest, ran.Precision))
            throw RefusedException.Forbidden(
                $"{ScorerClient.Service} now runs {now.Name} {now.Digest} ({now.Precision}), and run '{report.Run.RunId}' was made with "
                    + $"{ran.Name} {ran.Digest} ({ran.Precision}), whose weights these are to be. Start it with that checkpoint.");
        var prompts = classNames.Select(winner.PromptsOf).ToList();
        var embeddings = new List<float[]>();
        foreach (var some in prompts.SelectMany(ofClass => ofClass).Chunk(TextsAtOnce))
            embeddings.AddRange(await scorer.EmbedTextsAsync(some, retry, cancellation));
        var weights = ZeroShotWeights.Of(embeddings, [.. prompts.Select(ofClass => ofClass.Count)], classNames, report.Winner, ran);
        return
        [
            new("", format == V1.ExportFormat.Npy ? WeightFiles.Npy(weights) : WeightFiles.Safetensors(weights)),
            new(".classes.json", TemplateFiles.ClassNames(classNames)),
        ];
    }

    private async Task<byte[]> ReportAsync(V1.RunReport report, CancellationToken cancellation)
    {
        var prepared = (await store.GetAsync(report.Run.RunId, cancellation)).State.Prepared!;
        // The report was found, so its dataset is there.
        return ReportFiles.Write(report, datasets.Find(report.Dataset.Name, prepared.DatasetDigest)!, prepared);
    }
}

/// <summary>A file of an export.</summary>
/// <param name="Suffix">What follows the name that a person chose.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record ExportedFile(string Suffix, byte[] Content);
