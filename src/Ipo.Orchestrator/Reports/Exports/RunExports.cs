using Google.Protobuf;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Reports.Exports;

/// <summary>Makes files of what a run found.</summary>
internal sealed class RunExports(ReportStore reports, ScorerClient scorer, TimeProvider clock)
{
    private const int ChunkBytes = 1024 * 1024; // the contract's limit

    // 1,024 numbers of four bytes for each would just pass the 4 MiB that a gRPC client takes.
    private const int TextsAtOnce = 512;

    /// <summary>Exports a run.</summary>
    /// <exception cref="RefusedException">There is no such run, it is not complete, or the scorer has another
    /// checkpoint by now.</exception>
    /// <param name="embedded">Told how many prompts are embedded, of how many.</param>
    public async Task<IEnumerable<V1.ExportRunResponse>> ExportAsync(
        V1.ExportRunRequest request, Action<long, long> embedded, CancellationToken cancellation)
    {
        var (files, exported) = await FilesAsync(request, embedded, cancellation);
        return files.SelectMany(Chunks).Select((chunk, at) =>
        {
            if (at == 0) chunk.Exported = exported;
            return chunk;
        });
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

    private async Task<(IReadOnlyList<ExportedFile> Files, V1.ExportedPrompts? Exported)> FilesAsync(
        V1.ExportRunRequest request, Action<long, long> embedded, CancellationToken cancellation)
    {
        if (SearchFiles.Forms.TryGetValue(request.Format, out var write))
            return ([new("", write(await reports.GetSearchAsync(request.RunId, cancellation)))], null);
        var exporter = Exporter.All.FirstOrDefault(one => one.Format == request.Format)
            ?? throw RefusedException.InvalidField(
                "format",
                $"is {(int)request.Format}; it takes {NamesOf([.. Exporter.All.Select(one => one.Format), .. SearchFiles.Forms.Keys])}.");
        var stored = await reports.GetAsync(request.RunId, cancellation);
        var (dataset, prepared) = (stored.Dataset, stored.Report.Run.Prepared!);
        var (prompts, isBaseline) =
            ServedPromptSet.Of(stored.Report.Outcome, request.HasPrompts ? request.Prompts : V1.ServedPrompts.Recommended);
        // Searched classes come first in label order.
        string[] classNames = [.. request.AllClasses ? dataset.ClassNames : prepared.ClassNames];
        if (prompts.Sentences.Count > 0 && !exporter.HoldsSentences)
            throw RefusedException.Forbidden(
                $"The winner of run '{request.RunId}' has sentences of single classes, which a list of templates cannot hold; take "
                    + $"{NamesOf(Exporter.All.Where(one => one.HoldsSentences).Select(one => one.Format))}.");
        var files = await exporter.WriteAsync(
            new(
                stored, prompts, classNames,
                () => WeightsAsync(request.RunId, prepared.Model, prompts, classNames, embedded, cancellation)));
        var exported = new V1.ExportedPrompts { PromptSet = PromptSetMapping.ToMessage(prompts), IsBaseline = isBaseline };
        if (exporter.HoldsClasses)
        {
            exported.ClassNames.AddRange(classNames);
            exported.ClassesLeftOut.AddRange(dataset.ClassNames.Skip(classNames.Length));
        }
        return (files, exporter.Format == V1.ExportFormat.Report ? null : exported);
    }

    private static string NamesOf(IEnumerable<V1.ExportFormat> formats)
    {
        string[] names = [.. formats.Select(V1.ExportFormats.NameOf)];
        return $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }

    private async Task<ZeroShotWeights> WeightsAsync(
        string runId, ModelFacts ran, PromptSet prompts, string[] classNames, Action<long, long> embedded,
        CancellationToken cancellation)
    {
        var retry = RetryPolicy.ForRequest(clock);
        await RunCheckpoint.ConfirmAsync(scorer, runId, ran, otherwise: "", retry, cancellation);
        var ofClasses = classNames.Select(prompts.PromptsOf).ToList();
        var embeddings = new List<float[]>();
        var all = ofClasses.Sum(ofClass => ofClass.Count);
        foreach (var some in ofClasses.SelectMany(ofClass => ofClass).Chunk(TextsAtOnce))
        {
            embeddings.AddRange(await scorer.EmbedTextsAsync(some, retry, cancellation));
            embedded(embeddings.Count, all);
        }
        return ZeroShotWeights.Of(embeddings, [.. ofClasses.Select(ofClass => ofClass.Count)], classNames, prompts.Text, ran);
    }
}
