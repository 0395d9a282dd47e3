using Grpc.Core;
using Ipo.Keys;
using Ipo.Orchestrator.Access;

namespace Ipo.Orchestrator.Runs;

/// <summary>Runs as they are kept, over gRPC.</summary>
internal sealed class JournalService(RunKeeping keeping) : V1.JournalService.JournalServiceBase
{
    [ForRole(Role.Read)]
    public override Task<V1.ArchiveRunResponse> ArchiveRun(V1.ArchiveRunRequest request, ServerCallContext context) =>
        keeping.ArchiveAsync(request.RunId, context.CancellationToken);

    [ForRole(Role.Run)]
    public override async Task<V1.RestoreRunResponse> RestoreRun(V1.RestoreRunRequest request, ServerCallContext context) =>
        new() { Run = RunMessages.Of(await keeping.RestoreAsync(request.Archive.Memory, request.RunId, context.CancellationToken)) };

    [ForRole(Role.Admin)]
    public override async Task<V1.RepairRunResponse> RepairRun(V1.RepairRunRequest request, ServerCallContext context)
    {
        var (run, damage) = await keeping.RepairAsync(request.RunId, context.CancellationToken);
        return new() { Run = RunMessages.Of(run), Damage = damage };
    }

    [ForRole(Role.Admin)]
    public override Task<V1.CheckJournalResponse> CheckJournal(V1.CheckJournalRequest request, ServerCallContext context) =>
        keeping.CheckAsync(context.CancellationToken);

    [ForRole(Role.Admin)]
    public override Task<V1.CompactJournalResponse> CompactJournal(V1.CompactJournalRequest request, ServerCallContext context) =>
        Task.FromResult(keeping.Compact());
}
