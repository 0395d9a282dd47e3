using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ipo.Tests.Fakes;
using Ipo.Tls;
using Xunit;

namespace Ipo.Tests.Tls;

public sealed class CredentialsTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_the_script_for_a_trial_makes_is_taken_and_so_is_its_renewal_by_the_same_authority()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The script is for a shell of Unix.");
        await MakeAsync();
        var first = Credentials.Parse(TlsFiles.Read(Path.Combine(folder, "clip-scorer")));
        Assert.Equal("clip-scorer, clip-scorer.ipo, clip-scorer.ipo.svc, clip-scorer.ipo.svc.cluster.local, localhost, 127.0.0.1", first.Names);
        Assert.Equal(90, (first.Expires - DateTimeOffset.UtcNow).TotalDays, 0.1);

        await MakeAsync();
        using var renewed = Credentials.Parse(TlsFiles.Read(Path.Combine(folder, "clip-scorer"))).Certificate.TargetCertificate;
        Assert.NotEqual(first.Certificate.TargetCertificate.SerialNumber, renewed.SerialNumber);
        foreach (var role in Enum.GetValues<PeerRole>()) Assert.Null(first.Authority.Problem(renewed, null, default, role));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "clip-scorer", "tls.key")));
    }

    // What cert-manager writes where it is not told otherwise.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_RSA_key_is_taken_in_either_form(bool pkcs1)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=own", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        foreach (var name in (string[])["tls.crt", "ca.crt"]) folder.Write(name, certificate.ExportCertificatePem());
        folder.Write("tls.key", pkcs1 ? key.ExportRSAPrivateKeyPem() : key.ExportPkcs8PrivateKeyPem());
        Assert.True(Credentials.Parse(TlsFiles.Read(folder)).Certificate.TargetCertificate.HasPrivateKey);
    }

    [Fact]
    public void Files_are_equal_by_what_they_hold_and_say_nothing_of_it()
    {
        using var authority = new TestAuthority();
        var files = TlsFiles.Read(authority.Write(folder));
        Assert.Equal(files, TlsFiles.Read(folder));
        Assert.Equal(folder, $"{files}");
        authority.Write(folder);
        Assert.NotEqual(files, TlsFiles.Read(folder));
    }

    [Fact]
    public void A_file_that_is_too_large_to_be_one_is_not_read()
    {
        using (var file = File.Create(Path.Combine(folder, "ca.crt"))) file.SetLength(4 * 1024 * 1024 + 1);
        var refusal = Assert.Throws<InvalidDataException>(() => Authority.Read(Path.Combine(folder, "ca.crt")));
        Assert.EndsWith("has more than 4194304 bytes; it is no PEM file.", refusal.Message, StringComparison.Ordinal);
    }

    private async Task MakeAsync()
    {
        using var script = Process.Start(new ProcessStartInfo(Path.Combine(Shared.Repository, "deploy", "certificates.sh"), ["--out", folder, "clip-scorer"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await script.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var wrong = await script.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (script.ExitCode == 127 || wrong.Contains("openssl: command not found", StringComparison.Ordinal)) Assert.Skip("openssl is not installed.");
        Assert.Equal((0, ""), (script.ExitCode, wrong));
        Assert.StartsWith("kubectl -n ipo create secret generic clip-scorer-tls --from-file=", said, StringComparison.Ordinal);
    }
}
