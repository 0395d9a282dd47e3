using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ipo.Tls;

/// <summary>What a service proves itself with, and whom it believes.</summary>
public sealed record Credentials
{
    private Credentials() { }

    /// <summary>The certificate with its key, and those between it and the authority.</summary>
    public required SslStreamCertificateContext Certificate { get; init; }

    /// <summary>Whom it believes.</summary>
    public required Authority Authority { get; init; }

    /// <summary>Names and addresses that the certificate is for.</summary>
    public required string Names { get; init; }

    /// <summary>When it begins to hold.</summary>
    public required DateTimeOffset Begins { get; init; }

    /// <summary>When the first of it, those between and its authority expires.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Makes them of files.</summary>
    /// <exception cref="InvalidDataException">A file is broken, the key is another certificate's, or the certificate does not
    /// hold before the authorities beside it.</exception>
    public static Credentials Parse(TlsFiles files)
    {
        var certificateFile = Path.Combine(files.Folder, TlsFiles.CertificateName);
        var keyFile = Path.Combine(files.Folder, TlsFiles.KeyName);
        var chain = PemText.Certificates(certificateFile, files.Certificate);
        var authority = Authority.Parse(Path.Combine(files.Folder, TlsFiles.AuthorityName), files.Authority);
        var certificate = WithKey(files, certificateFile, keyFile);
        X509Certificate2Collection between = [.. chain.Skip(1)];
        authority.Knows(between);
        if (authority.Chain(certificate, sent: null, role: null, out var expires) is { } problem)
            throw new InvalidDataException($"{certificateFile}: the certificate {certificate.Subject} {problem}.");
        return new()
        {
            Certificate = SslStreamCertificateContext.Create(certificate, between, offline: true),
            Authority = authority,
            Names = PemText.Names(certificate),
            Begins = certificate.NotBefore.ToUniversalTime(),
            Expires = expires,
        };
    }

    private static X509Certificate2 WithKey(TlsFiles files, string certificateFile, string keyFile)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPem(files.Certificate, files.Key);
            if (!OperatingSystem.IsWindows()) return certificate;
            // Schannel takes no key that stands in memory alone.
            using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"{keyFile} holds no key of the certificate in {certificateFile}: {fault.Message}", fault);
        }
    }
}
