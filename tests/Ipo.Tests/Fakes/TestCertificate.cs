using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ipo.Tests.Fakes;

/// <summary>Certificates that nobody signed and no machine trusts.</summary>
internal static class TestCertificate
{
    /// <summary>One for a name or an address.</summary>
    public static X509Certificate2 For(string host, DateTimeOffset? until = null)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        var last = until ?? DateTimeOffset.UtcNow.AddDays(2);
        return request.CreateSelfSigned(last.AddDays(-9), last);
    }

    /// <summary>Writes one for 127.0.0.1 as PEM files.</summary>
    public static void Write(string folder, out string certificate, out string key)
    {
        using var made = For("127.0.0.1");
        (certificate, key) = (Path.Combine(folder, "certificate.pem"), Path.Combine(folder, "key.pem"));
        File.WriteAllText(certificate, made.ExportCertificatePem());
        File.WriteAllText(key, made.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }
}
