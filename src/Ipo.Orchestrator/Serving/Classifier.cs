using System.Security.Cryptography;
using Google.Protobuf;
using Ipo.Optimization.Report;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Limits;
using Ipo.Orchestrator.Runs;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Serving;

/// <summary>Puts what a completed run recommends to use: classifies new images with it.</summary>
internal sealed class Classifier(
    RunStore store, ScorerClient scorer, Ledger ledger, IOptions<OrchestratorOptions> options, TimeProvider clock)
{
    private const int MostImages = 64; // the contract's limit

    public async Task<V1.ClassifyImagesResponse> ClassifyAsync(V1.ClassifyImagesRequest request, CancellationToken cancellation)
    {
        if (request.Contents.Count is 0 or > MostImages)
            throw RefusedException.InvalidField("contents", $"has {request.Contents.Count} images; give 1 to {MostImages}.");
        for (var i = 0; i < request.Contents.Count; i++)
            if (request.Contents[i].Length == 0 || request.Contents[i].Length > options.Value.LargestImageBytes)
                throw RefusedException.InvalidField(
                    $"contents[{i}]",
                    $"has {request.Contents[i].Length} bytes; an image file of 1 to {options.Value.LargestImageBytes} bytes "
                        + "is taken.");
        ledger.Demand(Used.Images, request.Contents.Count);
        var run = (await store.GetAsync(request.RunId, cancellation)).State;
        if (run.Status != RunStatus.Completed)
            throw RefusedException.Forbidden(
                $"Run '{run.RunId}' is {run.Status.ToString().ToLowerInvariant()}; only a completed run can classify.");

        var prepared = run.Prepared!;
        string[] classNames = request.AllClasses ? [.. prepared.ClassNames, .. prepared.NovelClassNames] : [.. prepared.ClassNames];
        if (request.TopK < 0 || request.TopK > classNames.Length)
            throw RefusedException.InvalidField("top_k", $"is {request.TopK}; give 1 to {classNames.Length}, or 0 for 1.");

        var (prompts, isBaseline) = ServedPromptSet.Of(
            RunOutcome.Of(run), request.HasPrompts ? request.Prompts : V1.ServedPrompts.Recommended);
        var retry = RetryPolicy.ForRequest(clock);
        var model = request.AnyCheckpoint
            ? await scorer.GetModelAsync(retry, cancellation)
            : await RunCheckpoint.ConfirmAsync(
                scorer, run.RunId, prepared.Model,
                ", or classify with the one that it runs, of which the run's figures say nothing: any_checkpoint (--any-checkpoint)",
                retry, cancellation);
        var set = PromptSetMapping.ToMessage(prompts);
        var classify = new V1.ClassifyRequest { PromptSet = set, TopK = request.TopK };
        classify.ClassNames.AddRange(classNames);
        classify.Images.AddRange(
            request.Contents.Select(
                content => new V1.Image { Sha256 = UnsafeByteOperations.UnsafeWrap(SHA256.HashData(content.Span)), Content = content }));
        var response = new V1.ClassifyImagesResponse { PromptSet = set, IsBaseline = isBaseline, Model = model };
        if (!RunCheckpoint.IsSame(model, prepared.Model)) response.RunModel = RunMessages.Model(prepared);
        response.ClassNames.AddRange(classNames);
        if (!request.AllClasses) response.ClassesLeftOut.AddRange(prepared.NovelClassNames);
        var answer = await scorer.ClassifyAsync(classify, retry, cancellation);
        ledger.Add(Used.Images, request.Contents.Count);
        response.Classifications.AddRange(answer.Classifications);
        response.Repaired.AddRange(answer.Repaired);
        return response;
    }
}
