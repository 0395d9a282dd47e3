using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Ipo.ServiceDefaults;
using Ipo.Tests.Fakes;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Xunit;
using static Grpc.Health.V1.HealthCheckResponse.Types;
using GrpcHealth = Grpc.Health.V1.Health;

namespace Ipo.Tests.ServiceDefaults;

public sealed class ServiceHostTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readiness_follows_the_checks_and_liveness_does_not()
    {
        var ready = false;
        await using var service = await TestService.Start(ready: () => ready);
        using var http = new HttpClient { BaseAddress = service.Http };
        using var channel = GrpcChannel.ForAddress(service.Grpc);
        var grpc = new GrpcHealth.HealthClient(channel);

        using (var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), Cancellation))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal("Unhealthy\nmodel: Unhealthy, warming up\n", await answer.Content.ReadAsStringAsync(Cancellation));
        }
        Assert.Equal("Healthy\n", await http.GetStringAsync(new Uri("/health/live", UriKind.Relative), Cancellation));
        Assert.Equal(ServingStatus.NotServing, (await grpc.CheckAsync(new(), cancellationToken: Cancellation)).Status);

        ready = true;
        Assert.StartsWith("Healthy\n", await http.GetStringAsync(new Uri("/health/ready", UriKind.Relative), Cancellation));
        Assert.Equal(ServingStatus.Serving, (await grpc.CheckAsync(new(), cancellationToken: Cancellation)).Status);
    }

    [Fact]
    public async Task A_service_has_its_health_under_its_own_name_too()
    {
        var ready = false;
        await using var service = await TestService.Start(ready: () => ready);
        using var channel = GrpcChannel.ForAddress(service.Grpc);
        var grpc = new GrpcHealth.HealthClient(channel);
        var named = new HealthCheckRequest { Service = "grpc.health.v1.Health" };

        Assert.Equal(ServingStatus.NotServing, (await grpc.CheckAsync(named, cancellationToken: Cancellation)).Status);
        ready = true;
        Assert.Equal(ServingStatus.Serving, (await grpc.CheckAsync(named, cancellationToken: Cancellation)).Status);
        var unknown = await Assert.ThrowsAsync<RpcException>(
            async () => await grpc.CheckAsync(new() { Service = "no.such.Service" }, cancellationToken: Cancellation));
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
    }

    // The current folder may be /, and all that lies below the content root is watched for appsettings.json.
    [Fact]
    public void The_content_root_is_the_services_folder_wherever_it_is_started()
    {
        static string Root(params string[] args) => Path.TrimEndingDirectorySeparator(ServiceHost.CreateBuilder(args).Environment.ContentRootPath);
        using var other = new Fakes.TempFolder();

        Assert.Equal(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory), Root());
        Assert.Equal(Path.TrimEndingDirectorySeparator(other), Root("--contentRoot", other));
        var programs = Directory.GetDirectories(Path.Combine(Shared.Repository, "src")).Select(folder => Path.Combine(folder, "Program.cs"))
            .Where(File.Exists).Select(File.ReadAllText).Where(text => text.Contains("AddServiceDefaults", StringComparison.Ordinal)).ToList();
        Assert.Equal(6, programs.Count);
        Assert.All(programs, text => Assert.Contains("ServiceHost.CreateBuilder(args)", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_logs_carry_their_time_and_their_trace_without_more_settings()
    {
        var builder = TestService.Builder(new() { ["Logging:Console:FormatterName"] = "json" });
        builder.Logging.AddConsole();
        builder.AddServiceDefaults("test-service");
        await using var app = builder.Build();
        var console = app.Services.GetRequiredService<IOptionsMonitor<ConsoleLoggerOptions>>().CurrentValue;
        var json = app.Services.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == console.FormatterName);
        var scopes = new LoggerExternalScopeProvider();
        using var scope = scopes.Push(new Dictionary<string, object> { ["TraceId"] = "4bf92f35" });
        var line = new StringWriter();
        var before = DateTimeOffset.UtcNow;
        json.Write(new LogEntry<string>(LogLevel.Information, "Ipo", default, "said", null, (text, _) => text), scopes, line);

        var written = System.Text.Json.JsonDocument.Parse(line.ToString()).RootElement;
        var time = DateTimeOffset.ParseExact(written.GetProperty("Timestamp").GetString()!, "O", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(TimeSpan.Zero, time.Offset);
        Assert.InRange(time, before, DateTimeOffset.UtcNow);
        Assert.Equal("4bf92f35", written.GetProperty("Scopes")[0].GetProperty("TraceId").GetString());
        Assert.True(app.Services.GetRequiredService<IOptions<LoggerFactoryOptions>>().Value.ActivityTrackingOptions.HasFlag(ActivityTrackingOptions.TraceId));
    }

    [Fact]
    public async Task The_service_is_bound_to_loopback_unless_told_otherwise()
    {
        await using var service = await TestService.Start();
        Assert.Equal(["127.0.0.1", "127.0.0.1"], [service.Http.Host, service.Grpc.Host]);
    }

    [Fact]
    public async Task A_message_over_the_frameworks_limits_and_under_ours_gets_through()
    {
        var length = 0;
        await using var service = await TestService.Start((request, _) =>
        {
            length = request.Service.Length;
            return Task.FromResult(new HealthCheckResponse());
        });
        using var channel = GrpcChannel.ForAddress(service.Grpc, new() { MaxSendMessageSize = null });
        await new GrpcHealth.HealthClient(channel).CheckAsync(new() { Service = new string('x', 40_000_000) }, cancellationToken: Cancellation);
        Assert.Equal(40_000_000, length);
    }

    [Fact]
    public async Task A_fault_over_http_shows_no_trace()
    {
        await using var service = await TestService.Start();
        using var http = new HttpClient { BaseAddress = service.Http };
        using var answer = await http.GetAsync(new Uri("/fault", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.DoesNotContain("secret-canary", text);
        Assert.DoesNotContain("   at ", text);
    }

    [Theory]
    [InlineData("IPO_GRPC_PORT", "many", "IPO_GRPC_PORT is 'many'; it takes a port number from 0 to 65535.")]
    [InlineData("IPO_HTTP_PORT", "70000", "IPO_HTTP_PORT is '70000'; it takes a port number from 0 to 65535.")]
    [InlineData("IPO_BIND", "everything", "IPO_BIND is 'everything'; it takes 'loopback' or 'any'.")]
    public async Task A_wrong_setting_is_one_line_that_names_it(string setting, string value, string message)
    {
        var (exitCode, error) = await RunToEnd(new() { [setting] = value });
        Assert.Equal((1, $"test-service cannot start: {message}\n"), (exitCode, error));
    }

    [Theory]
    [InlineData(null, null, "it asks nobody who calls and nothing is encrypted. IPO_TLS takes a folder with a certificate, and callers then have to show theirs.")]
    [InlineData(null, "terminated", "it asks nobody who calls. IPO_TLS takes a folder with a certificate, and callers then have to show theirs.")]
    [InlineData(false, null, "it asks nobody who calls and nothing is encrypted. So that it asks, set the keys. IPO_TLS takes a folder with a certificate, or 'terminated' where TLS ends in front of it.")]
    [InlineData(false, "terminated", "it asks nobody who calls. So that it asks, set the keys.")]
    [InlineData(true, null, "nothing is encrypted. IPO_TLS takes a folder with a certificate, or 'terminated' where TLS ends in front of it.")]
    public async Task A_service_that_asks_nobody_or_speaks_in_the_clear_is_not_opened_to_the_network_by_accident(bool? isClosed, string? tls, string message)
    {
        var (exitCode, error) = await RunToEnd(new() { ["IPO_BIND"] = "any", ["IPO_TLS"] = tls }, builder =>
        {
            if (isClosed is { } closed) builder.Services.AddSingleton(new NetworkGuard(closed, "set the keys"));
        });
        Assert.Equal((1, $"test-service cannot start: IPO_BIND=any opens it to the network, and {message} "
            + "Where the network lets in only those who may, and nobody listens, say so with IPO_INSECURE=true or --insecure.\n"), (exitCode, error));
        Assert.Equal(
            (1, "test-service cannot start: IPO_INSECURE is 'yes'; it takes 'true' or 'false'.\n"),
            await RunToEnd(new() { ["IPO_BIND"] = "any", ["IPO_INSECURE"] = "yes" }));
    }

    [Theory]
    [InlineData("any", "--insecure", null, true)]
    [InlineData("any", "--insecure", true, true)]
    [InlineData("any", "--IPO_INSECURE=true", null, true)]
    [InlineData("any", "--IPO_TLS=terminated", true, false)]
    [InlineData("any", "--IPO_TLS=FOLDER", true, false)]
    [InlineData("any", "--IPO_TLS=FOLDER", null, false)]
    [InlineData("loopback", null, null, false)]
    [InlineData("loopback", "--insecure", null, false)]
    public async Task Who_says_that_it_may_opens_it_with_a_warning_and_who_closes_it_without(
        string bind, string? argument, bool? isClosed, bool warns)
    {
        using var log = new KeptLog();
        using var folder = new TempFolder();
        using var authority = new TestAuthority();
        argument = argument?.Replace("FOLDER", authority.Write(folder), StringComparison.Ordinal);
        var builder = ServiceHost.CreateBuilder([$"--IPO_BIND={bind}", "--IPO_HTTP_PORT=0", "--IPO_GRPC_PORT=0", .. argument is null ? [] : (string[])[argument]]);
        builder.AddServiceDefaults("test-service");
        builder.Logging.ClearProviders().AddProvider(log);
        if (isClosed is { } closed) builder.Services.AddSingleton(new NetworkGuard(closed, ""));
        await using var app = builder.Build();
        app.MapServiceDefaults();
        app.Lifetime.ApplicationStarted.Register(app.Lifetime.StopApplication);
        Assert.Equal(0, await app.RunServiceAsync());
        Assert.Equal(warns, log.Lines.Any(line => line.Text.Contains("Open to the network, asking nobody or unencrypted", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_is_one_line_that_says_what_its_setting_takes()
    {
        using var folder = new TempFolder();
        using var authority = new TestAuthority();
        const string Takes = " IPO_TLS takes a folder with tls.crt, tls.key and ca.crt, or 'terminated'.\n";
        var (exitCode, error) = await RunToEnd(new() { ["IPO_TLS"] = folder });
        Assert.Equal(1, exitCode);
        Assert.StartsWith($"test-service cannot start: {Path.Combine(folder, "tls.crt")} cannot be read: ", error);
        Assert.EndsWith(Takes, error);

        (exitCode, error) = await RunToEnd(new() { ["IPO_TLS"] = authority.Write(folder, DateTimeOffset.UtcNow.AddDays(-1)) });
        Assert.Equal(1, exitCode);
        Assert.StartsWith($"test-service cannot start: {Path.Combine(folder, "tls.crt")}: the certificate CN=127.0.0.1 has expired on ", error);
        Assert.EndsWith(Takes, error);
    }

    [Fact]
    public async Task A_setting_of_another_type_is_one_line_that_names_its_path()
    {
        var (exitCode, error) = await RunToEnd(new() { ["Prices:Price"] = "NaN" }, builder => builder.Services.AddOptions<Prices>().BindConfiguration("Prices").Validate(prices => prices.Price >= 0).ValidateOnStart());
        Assert.Equal((1, "test-service cannot start: Failed to convert configuration value 'NaN' at 'Prices:Price' to type 'System.Decimal'.\n"), (exitCode, error));
    }

    [Fact]
    public async Task Wrong_settings_of_several_parts_are_a_line_each()
    {
        var (exitCode, error) = await RunToEnd([], builder =>
        {
            builder.Services.AddOptions<Prices>().Validate(_ => false, "the price is wrong.").ValidateOnStart();
            builder.Services.AddOptions<HealthCheckOptions>().Validate(_ => false, "the check is wrong.").ValidateOnStart();
        });
        Assert.Equal((1, "test-service cannot start: the price is wrong.\ntest-service cannot start: the check is wrong.\n"), (exitCode, error));
    }

    [Fact]
    public async Task A_taken_port_is_one_line_that_names_its_setting()
    {
        await using var service = await TestService.Start();
        var (exitCode, error) = await RunToEnd(new() { ["IPO_GRPC_PORT"] = $"{service.Grpc.Port}" });
        Assert.Equal(1, exitCode);
        Assert.Equal($"test-service cannot start: port {service.Grpc.Port} cannot be opened on 127.0.0.1 (AddressAlreadyInUse); set IPO_GRPC_PORT to a free port, or to 0 to take any.\n", error);
    }

    [Fact]
    public async Task A_service_that_is_not_configured_is_named_with_its_path()
    {
        var (exitCode, error) = await RunToEnd([], builder => builder.AddIpoGrpcClient<GrpcHealth.HealthClient>("clip-scorer"));
        Assert.Equal(1, exitCode);
        Assert.StartsWith("test-service cannot start: services:clip-scorer:grpc:0 (variable services__clip-scorer__grpc__0) must be an address", error);
    }

    [Fact]
    public async Task A_malformed_connection_string_is_refused_without_being_quoted()
    {
        var (exitCode, error) = await RunToEnd(new() { ["ConnectionStrings:redis"] = "localhost,nosuchoption=canary-77" }, builder => builder.AddIpoRedis());
        Assert.Equal(1, exitCode);
        Assert.Contains("ConnectionStrings:redis", error);
        Assert.DoesNotContain("canary-77", error);
    }

    [Fact]
    public async Task A_check_that_throws_shows_no_text_of_its_exception()
    {
        await using var service = await TestService.Start(ready: () => throw new InvalidOperationException("secret-canary"));
        using var http = new HttpClient { BaseAddress = service.Http };
        using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), Cancellation);
        Assert.Equal("Unhealthy\nmodel: Unhealthy\n", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private sealed class Prices
    {
        public decimal Price { get; set; }
    }

    private static readonly SemaphoreSlim OneConsole = new(1);

    private static async Task<(int ExitCode, string Error)> RunToEnd(Dictionary<string, string?> settings, Action<Microsoft.AspNetCore.Builder.WebApplicationBuilder>? configure = null)
    {
        var builder = TestService.Builder(settings);
        builder.AddServiceDefaults("test-service");
        configure?.Invoke(builder);
        await using var app = builder.Build();
        app.MapServiceDefaults();
        var error = new StringWriter { NewLine = "\n" };
        await OneConsole.WaitAsync(Cancellation);
        var before = Console.Error;
        try
        {
            Console.SetError(error);
            return (await app.RunServiceAsync(), error.ToString());
        }
        finally
        {
            Console.SetError(before);
            OneConsole.Release();
        }
    }
}
