using Ipo.Keys;
using Ipo.ServiceDefaults.Settings;

namespace Ipo.Orchestrator.Configuration;

/// <summary>Who may call, at configuration <c>Ipo:Orchestrator:Access</c>. With nothing set, whoever reaches the service may
/// do everything; it is then bound to loopback, or was told to go without.</summary>
public sealed class AccessOptions : ISettingsWithRules
{
    /// <summary>The configuration section.</summary>
    public const string Section = $"{OrchestratorOptions.Section}:Access";

    /// <summary>The file of API keys, which <c>ipo keys</c> writes. A change of it counts from the next call on. Default:
    /// none.</summary>
    public string KeysFile { get; set; } = "";

    /// <summary>Tokens of an identity provider.</summary>
    public JwtOptions Jwt { get; } = new();

    /// <summary>What one caller may use.</summary>
    public LimitOptions Limits { get; } = new();

    /// <summary>How often the token of a call that is open is looked at again; one that counts no more ends the
    /// call.</summary>
    [Between("00:00:00.100", "00:10:00")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Which calls the audit log holds, where callers are told apart: <c>Changes</c> (those that may change
    /// something or cost something, and refusals for want of a role), <c>All</c>, or <c>Off</c>.</summary>
    public AuditScope Audit { get; set; } = AuditScope.Changes;

    /// <summary>The audit log, lines of JSON. Default: <c>audit.jsonl</c> in the data directory.</summary>
    public string AuditFile { get; set; } = "";

    /// <summary>Whether callers are asked who they are.</summary>
    public bool IsConfigured => KeysFile.Length > 0 || Jwt.Authority.Length > 0;

    IEnumerable<string> ISettingsWithRules.Problems(string path)
    {
        if (KeysFile.Length > 0 && Unusable(KeysFile) is { } reason) yield return $"{path}:KeysFile: {reason}";
        foreach (var problem in Jwt.Problems($"{path}:Jwt")) yield return problem;
    }

    private static string? Unusable(string file)
    {
        try
        {
            Keys.KeysFile.Read(file);
            return null;
        }
        catch (KeysFileException fault) { return fault.Message; }
    }
}

/// <summary>What the audit log holds.</summary>
public enum AuditScope
{
    /// <summary>Calls that may change or cost something, and refusals for want of a role.</summary>
    Changes,

    /// <summary>Every call.</summary>
    All,

    /// <summary>Nothing.</summary>
    Off,
}

/// <summary>Tokens (JWT) of an identity provider that says by OpenID Connect discovery which keys it signs with.</summary>
public sealed class JwtOptions
{
    // What is signed with a secret that both sides know could be made by whoever checks it; "none" by anybody.
    private static readonly string[] Asymmetric =
        ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <summary>The provider's address, below which <c>.well-known/openid-configuration</c> lies; https, or http on
    /// this machine. Default: none, and no such token is taken.</summary>
    public string Authority { get; set; } = "";

    /// <summary>The audience that a token must be made for.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The claim that holds the role: <c>read</c>, <c>run</c> or <c>admin</c>; the highest counts where it holds
    /// several.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>The claim that holds the tenant.</summary>
    public string TenantClaim { get; set; } = "tenant";

    /// <summary>Signature algorithms that are taken, by their names in RFC 7518. Default: RS256 to RS512, PS256 to PS512,
    /// ES256 to ES512; others cannot be named.</summary>
    public IList<string> Algorithms { get; } = [];

    /// <summary>How often the provider is asked for its keys anew: so long at most does one that it has withdrawn still
    /// count. One that is not known yet is asked for at once.</summary>
    [Between("00:05:00", "1.00:00:00")]
    public TimeSpan KeysLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary><see cref="Algorithms"/>, or the default.</summary>
    public IEnumerable<string> TakenAlgorithms() => Algorithms.Count > 0 ? Algorithms : Asymmetric;

    /// <summary>Whether the provider is reached without leaving this machine.</summary>
    public bool IsLocal => Uri.TryCreate(Authority, UriKind.Absolute, out var address) && address.IsLoopback;

    /// <summary>What is wrong with them, as sentences that name the path.</summary>
    public IEnumerable<string> Problems(string path)
    {
        if (Authority.Length > 0 != Audience.Length > 0)
            yield return $"{path}: Authority and Audience belong together; {(Authority.Length > 0 ? "Audience" : "Authority")} is missing.";
        if (Authority.Length > 0 && !(Uri.TryCreate(Authority, UriKind.Absolute, out var address)
            && (address.Scheme == "https" || (address.Scheme == "http" && IsLocal))))
            yield return $"{path}:Authority is '{Authority}'; it takes an address as https://HOST.";
        if (RoleClaim.Length == 0 || TenantClaim.Length == 0) yield return $"{path}: RoleClaim or TenantClaim is empty; name a claim.";
        foreach (var other in Algorithms.Except(Asymmetric, StringComparer.Ordinal))
            yield return $"{path}:Algorithms holds '{other}'; it takes {string.Join(", ", Asymmetric)}.";
    }
}
