using Ipo.ServiceDefaults;

namespace Ipo.Orchestrator.Access;

/// <summary>How a caller was let in, so that it can be asked again while the call is open. No record: what prints one would
/// print the token.</summary>
/// <param name="token">The token.</param>
/// <param name="caller">Whose it was.</param>
/// <param name="again">Whose it is now; throws where it counts no more.</param>
internal sealed class Pass(string token, Caller caller, Func<Caller> again)
{
    public string Token => token;

    public Caller Caller => caller;

    /// <summary>Why the call has to end; null while its caller is let in.</summary>
    public ErrorStatus? Refusal { get; set; }

    /// <summary>Why its caller would not be let in now as then; null where it would.</summary>
    public ErrorStatus? Check()
    {
        try { return again() == caller ? null : AccessErrors.Changed; }
        catch (AccessException refused) { return refused.Status; }
    }
}
