using System.Net;
using System.Net.Sockets;
using Ipo.Providers;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Ipo.Tests.Providers;

public sealed class EndpointProxyTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("0.0.0.0")]
    public async Task A_server_on_this_machine_is_asked_without_the_proxy(string host)
    {
        await using var server = await OpenAiServer.StartAsync();
        using var dead = new DeadPort();

        var reply = await AskAsync($"http://{host}:{server.Endpoint.Port}/v1", new WebProxy($"http://127.0.0.1:{dead.Port}"));

        Assert.Null(reply.Failure);
    }

    [Theory]
    [InlineData("http://model.example/v1")]
    [InlineData("https://model.example/v1")]
    public async Task A_failure_on_the_way_names_the_proxy_without_its_password(string endpoint)
    {
        using var dead = new DeadPort();
        var proxy = new WebProxy($"http://person:canary@127.0.0.1:{dead.Port}");

        var failure = (await AskAsync(endpoint, proxy)).Failure!;

        Assert.Equal(FailureKind.Unreachable, failure.Kind);
        Assert.Contains($"nothing listens at the proxy's address 127.0.0.1:{dead.Port}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("http_proxy, https_proxy or all_proxy", failure.Message, StringComparison.Ordinal);
        Assert.Contains("model.example in no_proxy", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_refuses_the_tunnel_is_told_without_its_password()
    {
        await using var server = await OpenAiServer.StartAsync(); // stands for the proxy
        server.Otherwise = OpenAiAnswer.Status(403, body: "no");
        var proxy = new WebProxy($"http://127.0.0.1:{server.Endpoint.Port}") { Credentials = new NetworkCredential("person", "canary") };
        var named = new WebProxy($"http://person:canary@127.0.0.1:{server.Endpoint.Port}");

        foreach (var one in (WebProxy[])[proxy, named])
        {
            var failure = (await AskAsync("https://model.example/v1", one)).Failure!;
            Assert.Contains($"127.0.0.1:{server.Endpoint.Port}", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("canary", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_proxy_that_answers_itself_is_named()
    {
        await using var server = await OpenAiServer.StartAsync(); // stands for the proxy
        server.Then(OpenAiAnswer.Status(407, body: "<html>")).Then(OpenAiAnswer.Status(503, body: "<html>"));
        var proxy = new WebProxy($"http://127.0.0.1:{server.Endpoint.Port}");

        var refused = (await AskAsync("http://model.example/v1", proxy)).Failure!;
        var busy = (await AskAsync("http://model.example/v1", proxy)).Failure!;

        Assert.Equal((FailureKind.Unauthorized, FailureKind.Unavailable), (refused.Kind, busy.Kind));
        Assert.Contains("the proxy wants a name and a password", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"through the proxy 127.0.0.1:{server.Endpoint.Port}", busy.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_no_proxy_names_is_asked_directly()
    {
        var proxy = new WebProxy("http://127.0.0.1:1") { BypassList = [@"model\.example"] };

        Assert.Null(EndpointProxy.To(new("http://model.example/v1"), proxy));
        Assert.NotNull(EndpointProxy.To(new("http://other.test/v1"), proxy));
        Assert.DoesNotContain("proxy", (await AskAsync("http://127.0.0.1:1/v1", proxy)).Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", 2, "its certificate is not trusted on this machine")]
    [InlineData("other.example", 2, "its certificate is for another host")]
    public async Task A_certificate_that_is_not_trusted_is_named(string host, int days, string reason)
    {
        using var certificate = TestCertificate.For(host, DateTimeOffset.UtcNow.AddDays(days));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        await using var app = builder.Build();
        await app.StartAsync(TestContext.Current.CancellationToken);

        var failure = (await AskAsync($"{app.Urls.Single()}/v1", new WebProxy())).Failure!;

        Assert.Equal(FailureKind.Unreachable, failure.Kind);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_TLS_is_told_from_one_that_is_not_trusted()
    {
        await using var server = await OpenAiServer.StartAsync();

        var failure = (await AskAsync($"https://127.0.0.1:{server.Endpoint.Port}/v1", new WebProxy())).Failure!;

        Assert.Equal(FailureKind.Unreachable, failure.Kind);
        Assert.Contains("No secure connection", failure.Message, StringComparison.Ordinal);
        Assert.Contains("speaks no TLS", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<ChatReply> AskAsync(string endpoint, IWebProxy proxy)
    {
        using var chat = new ChatEndpoint(new() { Endpoint = endpoint, Model = "model-1" }, "Ipo:Test", TimeProvider.System, proxy);
        return await chat.AskAsync(new("?"), TestContext.Current.CancellationToken);
    }

    // Bound and not listening: a connection is refused.
    private sealed class DeadPort : IDisposable
    {
        private readonly TcpListener taken = new(IPAddress.Loopback, 0);

        public DeadPort() => taken.Server.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        public int Port => ((IPEndPoint)taken.LocalEndpoint).Port;

        public void Dispose() => taken.Dispose();
    }
}
