using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ipo.Tls;

/// <summary>Those whose certificates are believed: the self-signed certificates of a PEM bundle, and nobody whom the
/// system believes besides. Several stand in it while one takes another's place.</summary>
public sealed class Authority
{
    private static readonly Oid ServerUse = new("1.3.6.1.5.5.7.3.1"), ClientUse = new("1.3.6.1.5.5.7.3.2");

    private readonly string _name;
    private readonly X509Certificate2Collection _roots = [], _others = [];

    private Authority(string name) => _name = name;

    /// <summary>The authorities of a bundle.</summary>
    /// <param name="name">The bundle's file, for messages.</param>
    /// <param name="pem">What it holds.</param>
    /// <exception cref="InvalidDataException">It holds no certificate of an authority.</exception>
    public static Authority Parse(string name, string pem)
    {
        var authority = new Authority(name);
        foreach (var certificate in PemText.Certificates(name, pem))
            (certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData) ? authority._roots : authority._others)
                .Add(certificate);
        return authority._roots.Count > 0
            ? authority
            : throw new InvalidDataException($"{name} holds no authority: a certificate that its own key has signed.");
    }

    /// <summary>The authorities of a file.</summary>
    /// <exception cref="InvalidDataException">It cannot be read, or holds none.</exception>
    public static Authority Read(string path) => Parse(path, PemText.Read(path));

    /// <summary>Makes certificates known that may stand between a peer's and an authority: .NET's client shows its own
    /// alone, and those above it are mostly the same as above ours.</summary>
    internal void Knows(X509Certificate2Collection between) => _others.AddRange(between);

    /// <summary>Why a peer is not believed, as a sentence; null if it is. No authority is asked whether it has revoked
    /// something, and nothing is downloaded.</summary>
    /// <param name="shown">The peer's certificate; null if it showed none.</param>
    /// <param name="sent">What came with it.</param>
    /// <param name="errors">What the handshake found; of that the name alone counts here.</param>
    /// <param name="role">What it has to be meant for.</param>
    public string? Problem(X509Certificate? shown, X509Chain? sent, SslPolicyErrors errors, PeerRole role)
    {
        if (shown is null) return "It showed no certificate.";
        using var certificate = new X509Certificate2(shown);
        var who = $"The certificate {certificate.Subject}";
        if (Chain(certificate, sent?.ChainPolicy.ExtraStore, role, out _) is { } problem) return $"{who} {problem}.";
        return role == PeerRole.Server && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? $"{who} is for {PemText.Names(certificate)} and not for the name that was called."
            : null;
    }

    /// <summary>Why a certificate does not hold, as the rest of a sentence; null if it does.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="sent">Certificates that came with it.</param>
    /// <param name="role">What it has to be meant for; null for anything.</param>
    /// <param name="expires">When the first one on the way to the authority expires.</param>
    internal string? Chain(
        X509Certificate2 certificate, X509Certificate2Collection? sent, PeerRole? role, out DateTimeOffset expires)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(_roots);
        policy.ExtraStore.AddRange(_others);
        if (sent is not null) policy.ExtraStore.AddRange(sent);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        if (role is { } use) policy.ApplicationPolicy.Add(use == PeerRole.Server ? ServerUse : ClientUse);
        var holds = chain.Build(certificate);
        expires = chain.ChainElements.Select(element => element.Certificate.NotAfter.ToUniversalTime())
            .Append(certificate.NotAfter.ToUniversalTime()).Min();
        if (holds) return null;
        var found = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if (found.HasFlag(X509ChainStatusFlags.UntrustedRoot) || found.HasFlag(X509ChainStatusFlags.PartialChain))
            return $"is of no authority in {_name}";
        if (found.HasFlag(X509ChainStatusFlags.NotTimeValid)) return OutOfTime(chain);
        return found.HasFlag(X509ChainStatusFlags.NotValidForUsage) && role is { } meant
            ? $"is not meant for {(meant == PeerRole.Server ? "servers" : "clients")} (extended key usage)"
            : $"does not hold ({found})";
    }

    private static string OutOfTime(X509Chain chain)
    {
        var wrong = chain.ChainElements.First(element =>
            element.ChainElementStatus.Any(status => status.Status.HasFlag(X509ChainStatusFlags.NotTimeValid))).Certificate;
        var (begins, ends) = (wrong.NotBefore.ToUniversalTime(), wrong.NotAfter.ToUniversalTime());
        var which = ReferenceEquals(wrong, chain.ChainElements[0].Certificate) ? "" : $" ({wrong.Subject} above it)";
        return begins > DateTime.UtcNow
            ? string.Create(CultureInfo.InvariantCulture, $"is not valid before {begins:yyyy-MM-dd HH:mm:ss}Z{which}")
            : string.Create(CultureInfo.InvariantCulture, $"has expired on {ends:yyyy-MM-dd HH:mm:ss}Z{which}");
    }
}
