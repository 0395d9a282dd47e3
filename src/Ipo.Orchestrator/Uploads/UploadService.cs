using System.Runtime.CompilerServices;
using Grpc.Core;
using Ipo.Keys;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Uploads;

/// <summary>Files of callers that share no disk with this machine, over gRPC.</summary>
internal sealed class UploadService(IContentStore store) : V1.UploadService.UploadServiceBase
{
    private const int MostAsked = 100_000; // the contract's limit

    [ForRole(Role.Run)]
    public override Task<V1.FindMissingFilesResponse> FindMissingFiles(V1.FindMissingFilesRequest request, ServerCallContext context)
    {
        if (request.Sha256.Count > MostAsked)
            throw RefusedException.InvalidField("sha256", $"has {request.Sha256.Count} entries; ask for at most {MostAsked} at once.");
        for (var i = 0; i < request.Sha256.Count; i++) Sha256Text.Check($"sha256[{i}]", request.Sha256[i]);
        var missing = request.Sha256.Distinct().Where(sha256 => !store.Has(sha256))
            .Select(sha256 => new V1.MissingFile { Sha256 = sha256, ReceivedBytes = store.ReceivedBytes(sha256) });
        return Task.FromResult(new V1.FindMissingFilesResponse { Files = { missing } });
    }

    [ForRole(Role.Run)]
    public override async Task<V1.UploadFilesResponse> UploadFiles(
        IAsyncStreamReader<V1.UploadFilesRequest> requestStream, ServerCallContext context)
    {
        var response = new V1.UploadFilesResponse();
        var more = await requestStream.MoveNext(context.CancellationToken);
        while (more)
        {
            if (requestStream.Current.PartCase != V1.UploadFilesRequest.PartOneofCase.Start)
                throw RefusedException.InvalidField("start", "is missing; say which file follows before its content.");
            var start = requestStream.Current.Start;
            Sha256Text.Check("start.sha256", start.Sha256);
            if (start.Offset < 0 || start.Offset > start.SizeBytes)
                throw RefusedException.InvalidField(
                    "start.offset", $"is {start.Offset}; give 0 to size_bytes, which is {start.SizeBytes}.");
            await store.WriteAsync(
                start.Sha256, start.SizeBytes, start.Offset, Content(context.CancellationToken), context.CancellationToken);
            response.Files++;
        }
        return response;

        async IAsyncEnumerable<ReadOnlyMemory<byte>> Content([EnumeratorCancellation] CancellationToken cancellation)
        {
            while ((more = await requestStream.MoveNext(cancellation))
                && requestStream.Current.PartCase == V1.UploadFilesRequest.PartOneofCase.Content)
            {
                response.Bytes += requestStream.Current.Content.Length;
                yield return requestStream.Current.Content.Memory;
            }
        }
    }
}
