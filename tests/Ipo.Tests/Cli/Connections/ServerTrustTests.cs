using System.Security.Cryptography.X509Certificates;
using Ipo.Cli.Connections;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Cli.Connections;

public sealed class ServerTrustTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly TestAuthority authority = new();

    public void Dispose()
    {
        folder.Dispose();
        authority.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_orchestrator_of_an_authority_of_ones_own_is_believed_where_its_file_is_named(bool byOption)
    {
        await using var orchestrator = await FakeOrchestrator.StartAsync(certificate: Certificate("127.0.0.1"));
        var file = folder.Write("ca.crt", authority.Pem);
        var line = new CommandLine();
        if (!byOption) line.Environment["IPO_TLS_AUTHORITY"] = file;
        Assert.Equal((0, ""), (await line.RunAsync(["model", "--server", orchestrator.Address, .. byOption ? (string[])["--authority", file] : []]), line.Complaint));
    }

    [Theory]
    [InlineData("127.0.0.1", "none", "The remote certificate is invalid ")]
    [InlineData("127.0.0.1", "other", "The certificate CN=127.0.0.1 is of no authority in ")]
    [InlineData("elsewhere.test", "own", "The certificate CN=elsewhere.test is for elsewhere.test and not for the name that was called.")]
    public async Task One_that_is_not_believed_is_not_called_and_the_message_says_why(string host, string believed, string reason)
    {
        await using var orchestrator = await FakeOrchestrator.StartAsync(certificate: Certificate(host));
        using var other = new TestAuthority("Other");
        var line = new CommandLine();
        if (believed != "none") line.Environment["IPO_TLS_AUTHORITY"] = folder.Write("ca.crt", believed == "own" ? authority.Pem : other.Pem);
        Assert.Equal(ExitCode.Error, await line.RunAsync("model", "--server", orchestrator.Address));
        Assert.StartsWith($"ipo: {orchestrator.Address}/ (--server) is not called. {reason}", line.Complaint, StringComparison.Ordinal);
        Assert.Contains("--authority FILE or IPO_TLS_AUTHORITY names the authorities of its certificate", line.Complaint, StringComparison.Ordinal);
        Assert.Empty(orchestrator.Requests);
    }

    [Fact]
    public async Task A_file_that_is_none_of_authorities_is_named()
    {
        var line = new CommandLine();
        var file = folder.Write("tls.crt", authority.Issue(["localhost"]).Certificate);
        Assert.Equal(ExitCode.Usage, await line.RunAsync("model", "--server", "https://localhost:9", "--authority", file));
        Assert.Equal($"ipo: --authority: {file} holds no authority: a certificate that its own key has signed.\n", line.Complaint);
    }

    [Fact]
    public async Task A_key_is_sent_over_http_to_this_machine_alone_unless_somebody_says_that_nobody_listens()
    {
        await using var orchestrator = await FakeOrchestrator.StartAsync();
        var line = new CommandLine();
        line.Environment["IPO_TOKEN"] = "ipo_a";
        Assert.Equal(0, await line.RunAsync("model", "--server", orchestrator.Address));

        var refused = new CommandLine();
        refused.Environment["IPO_TOKEN"] = "ipo_a";
        Assert.Equal(ExitCode.Usage, await refused.RunAsync("model", "--server", "http://ipo.test:8081"));
        Assert.Equal("ipo: The key is not sent to http://ipo.test:8081/: over http anybody on the way could read it. Use https, with --authority FILE for an authority of your own, "
            + "or say --insecure where nobody listens.\n", refused.Complaint);

        var told = new CommandLine();
        told.Environment["IPO_TOKEN"] = "ipo_a";
        Assert.Equal(ExitCode.Error, await told.RunAsync("model", "--server", "http://ipo.test:8081", "--insecure")); // there is no such host
        Assert.DoesNotContain("is not sent", told.Complaint, StringComparison.Ordinal);
    }

    private X509Certificate2 Certificate(string host)
    {
        var (certificate, key) = authority.Issue([host]);
        return X509Certificate2.CreateFromPem(certificate, key);
    }
}
