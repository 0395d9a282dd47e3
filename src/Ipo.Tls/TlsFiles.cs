namespace Ipo.Tls;

/// <summary>The three files of a folder at one moment, as cert-manager and Kubernetes name them.</summary>
public sealed record TlsFiles
{
    /// <summary>The certificate, and after it those between it and the authority, in PEM.</summary>
    public const string CertificateName = "tls.crt";

    /// <summary>The certificate's key, in PEM, without a password.</summary>
    public const string KeyName = "tls.key";

    /// <summary>The authorities that are believed, in PEM.</summary>
    public const string AuthorityName = "ca.crt";

    private TlsFiles(string folder, string certificate, string key, string authority) =>
        (Folder, Certificate, Key, Authority) = (folder, certificate, key, authority);

    internal string Folder { get; }

    internal string Certificate { get; }

    internal string Key { get; }

    internal string Authority { get; }

    /// <summary>Reads them. Kubernetes changes all three at once, through a link; a look in between gives a pair that does not
    /// fit, which <see cref="Credentials.Parse"/> refuses.</summary>
    /// <exception cref="InvalidDataException">One cannot be read.</exception>
    public static TlsFiles Read(string folder) => new(
        folder,
        PemText.Read(Path.Combine(folder, CertificateName)),
        PemText.Read(Path.Combine(folder, KeyName)),
        PemText.Read(Path.Combine(folder, AuthorityName)));

    /// <summary>The folder alone: a key is in no message.</summary>
    public override string ToString() => Folder;
}
