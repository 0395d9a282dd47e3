using Ipo.V1;

namespace Ipo.PromptGen;

/// <summary>Something that proposes templates. A new one is one more class and one more line in <see cref="Proposers"/>.</summary>
internal interface IProposer
{
    /// <summary>Its name, its model, whether a call may cost money, and whether rules answer in place of a model.</summary>
    Proposer About { get; }

    /// <summary>Answers a checked request with candidates between &lt;INS&gt; and &lt;/INS&gt;, or with the failure of what stands
    /// behind it. It asks once.</summary>
    Task<ProposeTemplatesResponse> ProposeAsync(ProposeTemplatesRequest request, CancellationToken cancel);
}
