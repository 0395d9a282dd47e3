using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace Ipo.Web.Backend;

/// <summary>Whom a page or a request is for: the token that its person signed in with, which goes along with every call to
/// the orchestrator. It stands in the browser's cookie alone, encrypted, and in no page.</summary>
internal sealed class Session
{
    private const string Claim = "token";

    /// <summary>The token; null where nobody has signed in.</summary>
    public string? Token { get; set; }

    /// <summary>What the cookie holds of a token.</summary>
    public static ClaimsPrincipal Holding(string token, string scheme) => new(new ClaimsIdentity([new Claim(Claim, token)], scheme));

    /// <summary>Takes over what the cookie holds.</summary>
    public void Read(ClaimsPrincipal person) => Token = person.FindFirst(Claim)?.Value;
}

/// <summary>Hands the session of the request that opened a page on to the page, which lives longer.</summary>
internal sealed class SessionCircuit(Session session, AuthenticationStateProvider people) : CircuitHandler
{
    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken) =>
        session.Read((await people.GetAuthenticationStateAsync()).User);
}
