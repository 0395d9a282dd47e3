using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ipo.Tests.Fakes;

/// <summary>An authority that lives as long as a test, and what it signs.</summary>
internal sealed class TestAuthority : IDisposable
{
    public const string ServerUse = "1.3.6.1.5.5.7.3.1", ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    public TestAuthority(string name = "Authority", TestAuthority? above = null)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var (from, until) = (DateTimeOffset.UtcNow.AddDays(-200), DateTimeOffset.UtcNow.AddDays(200));
        _certificate = above is null
            ? request.CreateSelfSigned(from, until)
            : request.Create(above._certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(above._key), from, until, RandomNumberGenerator.GetBytes(8));
    }

    public string Pem => _certificate.ExportCertificatePem() + "\n";

    /// <summary>A certificate and its key, in PEM.</summary>
    /// <param name="names">DNS names and addresses it is for.</param>
    /// <param name="until">When it ends; it begins 30 days before.</param>
    /// <param name="use">The one use that it is meant for; null for servers and clients.</param>
    public (string Certificate, string Key) Issue(string[] names, DateTimeOffset? until = null, string? use = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var list = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            if (IPAddress.TryParse(name, out var address)) list.AddIpAddress(address);
            else list.AddDnsName(name);
        request.CertificateExtensions.Add(list.Build());
        var uses = new OidCollection();
        foreach (var one in use is null ? (string[])[ServerUse, ClientUse] : [use]) uses.Add(new Oid(one));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, true));
        var last = until ?? DateTimeOffset.UtcNow.AddDays(20);
        using var made = request.Create(
            _certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), last.AddDays(-30), last, RandomNumberGenerator.GetBytes(8));
        return (made.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>Writes the three files of a service that answers at 127.0.0.1 and localhost.</summary>
    /// <returns>The folder.</returns>
    public string Write(string folder, DateTimeOffset? until = null, string? believed = null, string? use = null)
    {
        Directory.CreateDirectory(folder);
        var (certificate, key) = Issue(["127.0.0.1", "localhost"], until, use);
        File.WriteAllText(Path.Combine(folder, "tls.crt"), certificate);
        File.WriteAllText(Path.Combine(folder, "tls.key"), key);
        File.WriteAllText(Path.Combine(folder, "ca.crt"), believed ?? Pem);
        return folder;
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
