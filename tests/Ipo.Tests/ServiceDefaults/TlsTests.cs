using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Ipo.ServiceDefaults;
using Ipo.Tests.Fakes;
using Ipo.Tls;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;
using GrpcHealth = Grpc.Health.V1.Health;

namespace Ipo.Tests.ServiceDefaults;

/// <summary>Who may connect to whom. Certificates are made here.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly TestAuthority authority = new(), other = new("Other");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        folder.Dispose();
        authority.Dispose();
        other.Dispose();
    }

    [Fact]
    public async Task Two_services_of_one_authority_call_each_other_by_address_and_by_name()
    {
        await using var service = await Service(authority.Write(Path.Combine(folder, "service")));
        var port = service.Grpc.Port;
        foreach (var address in (string[])[$"https://127.0.0.1:{port}", $"https://localhost:{port}", $"dns:///localhost:{port}"])
        {
            using var caller = Caller(authority.Write(Path.Combine(folder, "caller")), [address]);
            await Call(caller);
        }
        using var both = Caller(Path.Combine(folder, "caller"), [$"https://127.0.0.1:{port}", $"https://localhost:{port}"]);
        for (var call = 0; call < 4; call++) await Call(both);
    }

    [Fact]
    public async Task A_chain_over_an_authority_between_holds_in_both_directions()
    {
        using var between = new TestAuthority("Between", authority);
        foreach (var name in (string[])["service", "caller"])
        {
            var place = between.Write(Path.Combine(folder, name), believed: authority.Pem);
            File.AppendAllText(Path.Combine(place, "tls.crt"), between.Pem);
        }
        await using var service = await Service(Path.Combine(folder, "service"));
        using var caller = Caller(Path.Combine(folder, "caller"), [$"https://localhost:{service.Grpc.Port}"]);
        await Call(caller);
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "none", "It showed no certificate." },
        { "other", "The certificate CN=127.0.0.1 is of no authority in " },
        { "expired", "The certificate CN=127.0.0.1 has expired on " },
        { "server", "The certificate CN=127.0.0.1 is not meant for clients (extended key usage)." },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_caller_whose_certificate_does_not_hold_is_refused_with_the_reason_in_the_log(string which, string reason)
    {
        using var log = new KeptLog();
        await using var service = await Service(authority.Write(Path.Combine(folder, "service")), log);
        var signer = which == "other" ? other : authority;
        var (certificate, key) = signer.Issue(
            ["127.0.0.1"], which == "expired" ? DateTimeOffset.UtcNow.AddMinutes(-1) : null, which == "server" ? TestAuthority.ServerUse : null);
        using var shown = X509Certificate2.CreateFromPem(certificate, key);
        using var http = new SocketsHttpHandler
        {
            SslOptions =
            {
                RemoteCertificateValidationCallback = Believes,
                LocalCertificateSelectionCallback = which == "none" ? null : (_, _, _, _, _) => shown,
            },
        };
        using var channel = GrpcChannel.ForAddress($"https://127.0.0.1:{service.Grpc.Port}", new() { HttpHandler = http });

        var refusal = await Assert.ThrowsAsync<RpcException>(
            async () => await new GrpcHealth.HealthClient(channel).CheckAsync(new(), cancellationToken: Cancellation));

        Assert.True(refusal.StatusCode is StatusCode.Unavailable or StatusCode.Internal, refusal.ToString());
        Assert.Contains(log.Lines, line => line.Text.StartsWith("A caller at 127.0.0.1:", StringComparison.Ordinal)
            && line.Text.Contains($" is refused. {reason}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("other", "is of no authority in ")]
    [InlineData("expired", "has expired on ")]
    [InlineData("name", "is for elsewhere.test and not for the name that was called.")]
    [InlineData("client", "is not meant for servers (extended key usage).")]
    public async Task A_server_whose_certificate_does_not_hold_is_not_called_and_the_log_says_why(string which, string reason)
    {
        var signer = which == "other" ? other : authority;
        var (certificate, key) = signer.Issue(
            [which == "name" ? "elsewhere.test" : "localhost"], which == "expired" ? DateTimeOffset.UtcNow.AddMinutes(-1) : null,
            which == "client" ? TestAuthority.ClientUse : null);
        using var shown = X509Certificate2.CreateFromPem(certificate, key);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var serving = Serve(listener, shown, stop.Token);
        using var log = new KeptLog();
        using var caller = Caller(authority.Write(Path.Combine(folder, "caller")), [$"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}"], log);

        var refusal = await Assert.ThrowsAsync<RpcException>(() => Call(caller));

        Assert.True(StatusCode.Unavailable == refusal.StatusCode, refusal.ToString());
        Assert.Contains(log.Lines, line => line.Text.StartsWith("localhost is not called. The certificate ", StringComparison.Ordinal)
            && line.Text.Contains(reason, StringComparison.Ordinal));
        stop.Cancel();
        await serving;
    }

    [Fact]
    public async Task Words_in_the_clear_are_no_call()
    {
        await using var service = await Service(authority.Write(Path.Combine(folder, "service")));
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{service.Grpc.Port}");
        var refusal = await Assert.ThrowsAsync<RpcException>(
            async () => await new GrpcHealth.HealthClient(channel).CheckAsync(new(), cancellationToken: Cancellation));
        Assert.True(refusal.StatusCode is StatusCode.Unavailable or StatusCode.Internal, refusal.ToString());
        using var http = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync($"http://127.0.0.1:{service.Http.Port}/health/live", Cancellation));
    }

    // By hand, because no library here speaks it any more: RFC 4346's ClientHello of version 3.2, with a suite of its time and one of today.
    [Fact]
    public async Task Tls_before_1_2_is_answered_with_an_alert()
    {
        await using var service = await Service(authority.Write(Path.Combine(folder, "service")));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, service.Http.Port, Cancellation);
        byte[] hello = [3, 2, .. new byte[32], 0, 0, 4, 0x00, 0x2f, 0xc0, 0x09, 1, 0];
        byte[] message = [1, 0, 0, (byte)hello.Length, .. hello];
        await client.GetStream().WriteAsync((byte[])[22, 3, 1, 0, (byte)message.Length, .. message], Cancellation);
        var answer = new byte[7];
        await client.GetStream().ReadExactlyAsync(answer, Cancellation);
        const byte Alert = 21, Fatal = 2, ProtocolVersion = 70;
        Assert.Equal((Alert, Fatal, ProtocolVersion), (answer[0], answer[5], answer[6]));
    }

    [Fact]
    public async Task Health_needs_no_certificate_and_the_port_it_is_on_takes_no_calls()
    {
        await using var service = await Service(authority.Write(Path.Combine(folder, "service")));
        using var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = Believes } };
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{service.Http.Port}") };
        Assert.Equal("Healthy\n", await http.GetStringAsync(new Uri("/health/live", UriKind.Relative), Cancellation));

        using var call = new HttpRequestMessage(HttpMethod.Post, "/grpc.health.v1.Health/Check") { Content = new ByteArrayContent(new byte[5]) };
        call.Content.Headers.ContentType = new("application/grpc");
        using var answer = await http.SendAsync(call, Cancellation);
        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
        Assert.Equal(HttpVersion.Version11, answer.Version);
    }

    // A service that asks for keys asks for no certificate: its callers are people and programs from anywhere.
    [Fact]
    public async Task A_service_that_asks_otherwise_who_calls_wants_no_certificate()
    {
        await using var service = await Service(
            authority.Write(Path.Combine(folder, "service")), configure: services => services.AddSingleton(new NetworkGuard(IsClosed: true, "")));
        using var http = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = Believes } };
        using var channel = GrpcChannel.ForAddress($"https://127.0.0.1:{service.Grpc.Port}", new() { HttpHandler = http });
        await new GrpcHealth.HealthClient(channel).CheckAsync(new(), cancellationToken: Cancellation);
    }

    [Fact]
    public async Task Certificates_and_their_authority_are_replaced_under_calls_and_none_fails()
    {
        var (here, there) = (authority.Write(Path.Combine(folder, "service")), authority.Write(Path.Combine(folder, "caller")));
        var rotated = new TaskCompletionSource();
        await using var service = await Service(here, second: rotated.Task);
        var address = $"https://localhost:{service.Grpc.Port}";
        using var caller = Caller(there, [address], longestConnection: TimeSpan.FromMilliseconds(50)); // so that many are made meanwhile
        using var stream = caller.Services.GetRequiredService<GrpcHealth.HealthClient>().Watch(new() { Service = "twice" }, cancellationToken: Cancellation);
        Assert.True(await stream.ResponseStream.MoveNext(Cancellation));
        using var stop = new CancellationTokenSource();
        var calls = 0;
        var calling = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (; !stop.IsCancellationRequested; Interlocked.Increment(ref calls)) await Call(caller);
        }, Cancellation)));

        // First both are believed, then certificates change, then the old one goes.
        foreach (var (signer, believed) in ((TestAuthority, string)[])[(authority, authority.Pem + other.Pem), (other, authority.Pem + other.Pem), (other, other.Pem)])
        {
            var before = Volatile.Read(ref calls);
            signer.Write(here, believed: believed);
            Look(service.Services);
            using (var during = Caller(there, [address])) await Call(during); // one side has changed, the other not yet
            signer.Write(there, believed: believed);
            Look(caller.Services);
            for (var call = 0; call < 5; call++)
            {
                using var fresh = Caller(there, [address]);
                await Call(fresh);
            }
            while (Volatile.Read(ref calls) < before + 20) await Task.Delay(5, Cancellation);
        }
        stop.Cancel();
        await calling;
        rotated.SetResult();
        Assert.True(await stream.ResponseStream.MoveNext(Cancellation));
        Assert.False(await stream.ResponseStream.MoveNext(Cancellation));

        using var late = Caller(authority.Write(Path.Combine(folder, "late"), believed: authority.Pem + other.Pem), [address]);
        await Assert.ThrowsAsync<RpcException>(() => Call(late));
        Assert.Equal("CN=Other", await IssuerAt(service.Http.Port));
    }

    [Fact]
    public async Task A_caller_who_is_believed_no_longer_is_refused_when_its_connection_has_had_its_time()
    {
        using var log = new KeptLog();
        var here = authority.Write(Path.Combine(folder, "service"));
        await using var service = await Service(here, log);
        using var caller = Caller(authority.Write(Path.Combine(folder, "caller")), [$"https://localhost:{service.Grpc.Port}"], longestConnection: TimeSpan.FromMilliseconds(50));
        await Call(caller);
        other.Write(here);
        Look(service.Services);
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (true) await Call(caller);
        });
    }

    // As the kubelet does it: the three names are links over a link to a folder, and that one is changed.
    [Fact]
    public async Task A_change_through_a_link_is_seen_and_what_cannot_be_used_leaves_what_was_there()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows gives links to nobody but administrators.");
        using var log = new KeptLog();
        var place = Path.Combine(folder, "mounted");
        Directory.CreateDirectory(place);
        Turn(authority.Write(Path.Combine(folder, "1")));
        foreach (var name in (string[])["tls.crt", "tls.key", "ca.crt"]) File.CreateSymbolicLink(Path.Combine(place, name), Path.Combine("..data", name));
        await using var service = await Service(place, log);
        var first = Used();

        var foreign = other.Write(Path.Combine(folder, "2"));
        File.Copy(Path.Combine(foreign, "tls.key"), Path.Combine(authority.Write(Path.Combine(folder, "3")), "tls.key"), overwrite: true);
        File.WriteAllText(Path.Combine(authority.Write(Path.Combine(folder, "4")), "tls.crt"), "-----BEGIN CERTIFICATE-----\nMII");
        File.WriteAllText(Path.Combine(foreign, "ca.crt"), authority.Pem);
        File.Delete(Path.Combine(authority.Write(Path.Combine(folder, "5")), "ca.crt"));
        authority.Write(Path.Combine(folder, "6"), DateTimeOffset.UtcNow.AddMinutes(-1));
        authority.Write(Path.Combine(folder, "7"), DateTimeOffset.UtcNow.AddDays(31));
        var reasons = (string[])["is of no authority in", "tls.key holds no key of the certificate in", "tls.crt holds no certificate in PEM", "ca.crt cannot be read", "has expired on", "is not valid before"];
        foreach (var (reason, number) in reasons.Select((reason, number) => (reason, number + 2)))
        {
            Turn(Path.Combine(folder, $"{number}"));
            Look(service.Services);
            Look(service.Services);
            Assert.Equal(first, Used());
            Assert.Single(log.Lines, line => line.Text.StartsWith("The new certificate cannot be used: ", StringComparison.Ordinal)
                && line.Text.Contains(reason, StringComparison.Ordinal)
                && line.Text.Contains(" stays in use: CN=127.0.0.1, which holds until ", StringComparison.Ordinal));
        }

        Turn(authority.Write(Path.Combine(folder, "8")));
        Look(service.Services);
        Assert.NotEqual(first, Used());

        string Used() => service.Services.GetRequiredService<ServiceCertificate>().Current.Certificate.TargetCertificate.Thumbprint;
        void Turn(string to)
        {
            var link = Path.Combine(place, "..data");
            if (Path.Exists(link)) Directory.Delete(link); // the link alone
            Directory.CreateSymbolicLink(link, to);
        }
    }

    [Fact]
    public async Task Its_end_is_told_once_a_day_from_two_weeks_or_a_fifth_of_its_life_before_and_measured()
    {
        using var log = new KeptLog();
        var end = DateTimeOffset.UtcNow.AddDays(20); // of 30
        authority.Write(folder, end);
        var clock = new SetClock(end.AddDays(-6.5));
        using var services = new ServiceCollection().AddMetrics().AddLogging(logs => logs.AddProvider(log)).BuildServiceProvider();
        using var certificate = new ServiceCertificate(
            folder, services.GetRequiredService<IMeterFactory>(), services.GetRequiredService<ILogger<ServiceCertificate>>(), clock);
        double? left = null;
        using var listener = new MeterListener { InstrumentPublished = (instrument, listening) => { if (instrument.Name == "ipo.tls.certificate.left") listening.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => left = value);
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal(6.5, left!.Value, 0.01);

        certificate.Look();
        Assert.Empty(Warnings());
        clock.Now = end.AddDays(-5.9);
        certificate.Look();
        certificate.Look();
        Assert.Single(Warnings());
        clock.Now = end.AddDays(-4.8);
        certificate.Look();
        Assert.Equal(2, Warnings().Count());

        IEnumerable<string> Warnings() => log.Lines.Select(line => line.Text).Where(line => line.Contains("and calls fail from then on; renew it in", StringComparison.Ordinal));
    }

    private sealed class SetClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private static async Task Serve(TcpListener listener, X509Certificate2 shown, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            try
            {
                using var client = await listener.AcceptTcpClientAsync(stop);
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = shown, ApplicationProtocols = [SslApplicationProtocol.Http2] }, stop);
                while (await tls.ReadAsync(new byte[1024], stop) > 0) { }
            }
            catch (Exception refused) when (refused is IOException or AuthenticationException) { } // by the caller, as it should be
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { }
    }

    // A program from elsewhere that believes the authority and has no certificate of its own.
    private bool Believes(object _, X509Certificate? shown, X509Chain? sent, SslPolicyErrors errors) =>
        Authority.Parse("both", authority.Pem + other.Pem).Problem(shown, sent, errors, PeerRole.Server) is null;

    private async Task<string> IssuerAt(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        await using var tls = new SslStream(client.GetStream(), false, Believes);
        await tls.AuthenticateAsClientAsync("localhost");
        return tls.RemoteCertificate!.Issuer;
    }

    private static void Look(IServiceProvider services) => services.GetRequiredService<ServiceCertificate>().Look();

    private static async Task Call(IHost caller) =>
        await caller.Services.GetRequiredService<GrpcHealth.HealthClient>().CheckAsync(new(), cancellationToken: Cancellation);

    private static Task<TestService> Service(string tls, KeptLog? log = null, Action<IServiceCollection>? configure = null, Task? second = null)
    {
        var watched = 0;
        return TestService.Start(
            async (request, _) =>
            {
                if (request.Service == "twice" && watched++ > 0) await second!;
                return new HealthCheckResponse();
            },
            builder =>
            {
                if (log is not null) builder.Logging.AddProvider(log);
                configure?.Invoke(builder.Services);
            },
            settings: new() { [TlsSetting.Name] = tls });
    }

    private static IHost Caller(string tls, string[] addresses, KeptLog? log = null, TimeSpan? longestConnection = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([
            KeyValuePair.Create(TlsSetting.Name, (string?)tls),
            .. addresses.Select((address, number) => KeyValuePair.Create($"services:probe:grpc:{number}", (string?)address))]);
        if (log is not null) builder.Logging.AddProvider(log);
        TlsSetting.Add(builder);
        builder.AddIpoGrpcClient<GrpcHealth.HealthClient>("probe", defaults => defaults.LongestConnection = longestConnection ?? defaults.LongestConnection);
        return builder.Build();
    }
}
