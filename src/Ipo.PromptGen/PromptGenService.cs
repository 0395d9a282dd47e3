using Grpc.Core;
using Ipo.Providers;
using Ipo.ServiceDefaults;
using Ipo.V1;

namespace Ipo.PromptGen;

/// <summary>The gRPC service: checks, hands on, counts.</summary>
internal sealed class PromptGenService(Proposers proposers, ProviderMetrics metrics) : V1.PromptGenService.PromptGenServiceBase
{
    public override Task<ListProposersResponse> ListProposers(ListProposersRequest request, ServerCallContext context) =>
        Task.FromResult(new ListProposersResponse { Proposers = { proposers.Configured } });

    public override async Task<ProposeTemplatesResponse> ProposeTemplates(ProposeTemplatesRequest request, ServerCallContext context)
    {
        var proposer = proposers.Named(request.Proposer, request.NamedModel);
        if (ProposalLimits.Fault(request, proposer.About) is { } fault) throw InvalidFieldException.FromSentence(fault);
        var response = await proposer.ProposeAsync(request, context.CancellationToken);
        if (!response.Cached) metrics.Called(Counted(response), response.Usage, response.Failure);
        return response;
    }

    // As runs name it.
    private static string Counted(ProposeTemplatesResponse response) =>
        response.NamedModel.Length == 0 ? response.Proposer : $"{response.Proposer}@{response.NamedModel}";
}
