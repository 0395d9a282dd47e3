using Ipo.V1;

namespace Ipo.PromptGen;

/// <summary>Something that proposes templates. New rules are one more class and one more line in
/// <see cref="Proposers.Rules"/>.</summary>
internal interface IProposer
{
    /// <summary>Its name, its model, whether a call may cost money, whether rules answer in place of a model, and
    /// whether it looks at descriptions.</summary>
    Proposer About { get; }

    /// <summary>Answers a checked request with candidates between &lt;INS&gt; and &lt;/INS&gt;, or with the failure of
    /// what stands behind it. It asks once.</summary>
    Task<ProposeTemplatesResponse> ProposeAsync(ProposeTemplatesRequest request, CancellationToken cancellation);
}
