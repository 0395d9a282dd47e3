using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ipo.Tls;

internal static class PemText
{
    private const int MostBytes = 4 * 1024 * 1024;

    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static string Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists && file.Length > MostBytes
                ? throw new InvalidDataException($"{path} has more than {MostBytes} bytes; it is no PEM file.")
                : File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path} cannot be read: {fault.Message}", fault);
        }
    }

    /// <exception cref="InvalidDataException">It holds no certificate, or a broken one.</exception>
    public static X509Certificate2Collection Certificates(string name, string pem)
    {
        var certificates = new X509Certificate2Collection();
        try { certificates.ImportFromPem(pem); }
        catch (CryptographicException fault)
        {
            throw new InvalidDataException($"{name} holds a broken certificate: {fault.Message}", fault);
        }
        return certificates.Count > 0 ? certificates : throw new InvalidDataException($"{name} holds no certificate in PEM.");
    }

    /// <summary>The names and addresses that a certificate is for.</summary>
    public static string Names(X509Certificate2 certificate) => string.Join(", ", certificate.Extensions
        .OfType<X509SubjectAlternativeNameExtension>()
        .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString()))));
}
