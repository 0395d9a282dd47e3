using Grpc.Core;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Ipo.ServiceDefaults;

/// <summary>How a service calls another one.</summary>
public sealed class GrpcClientDefaults
{
    /// <summary>The deadline of a call for which the caller sets none; gRPC itself has none, and a call without one can
    /// hang for ever. A call to a model that answers at its leisure, and a stream that is meant to stay open, set their
    /// own.</summary>
    public TimeSpan DefaultDeadline { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether a call made while serving another one takes over its deadline and cancellation. Outside of a
    /// served call (a run in the background) it changes nothing.</summary>
    public bool PropagateCallContext { get; set; } = true;

    /// <summary>How long a connection is given new calls; those on it are finished there. Certificates are checked when one is
    /// made, so one that has ended, or whose authority has gone, counts no longer than this.</summary>
    public TimeSpan LongestConnection { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often a <c>dns:///</c> name is looked up again. Without it grpc-dotnet asks only after a lost
    /// connection, and new replicas get no calls (grpc-dotnet issue 1672).</summary>
    public static TimeSpan DnsRefresh { get; } = TimeSpan.FromSeconds(10);
}

/// <summary>Typed gRPC clients of the other services.</summary>
public static class GrpcClients
{
    private static readonly TimeSpan FirstReconnect = TimeSpan.FromMilliseconds(250);

    // grpc-dotnet's own limit is two minutes: a restarted service would stay unused that long.
    private static readonly TimeSpan LongestReconnect = TimeSpan.FromSeconds(5);

    /// <summary>Registers <typeparamref name="TClient"/>, which is made from a call invoker, for the service at
    /// configuration <c>services:NAME:grpc:N</c> (variable <c>services__NAME__grpc__0</c>): one
    /// <c>http://host:port</c> or <c>https://host:port</c>, several of one kind, or one <c>dns:///host:port</c> whose
    /// addresses are the replicas, called over TLS where this service has a certificate. Each call goes to the replica with the
    /// fewest (<see cref="LeastCalls"/>). The start fails, naming the path, where none is set.</summary>
    /// <remarks>There are no retries and no hedging here, on purpose: a call may have bought tokens before its answer
    /// was lost. Only the orchestrator repeats a call, because it journals each one and counts it in the budget. A call
    /// that never left this process is another matter: it goes to the next replica.</remarks>
    public static IHttpClientBuilder AddIpoGrpcClient<TClient>(
        this IHostApplicationBuilder builder, string service, Action<GrpcClientDefaults>? configure = null)
        where TClient : class
    {
        var defaults = new GrpcClientDefaults();
        configure?.Invoke(defaults);

        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ResolverFactory, ConfiguredAddresses>());
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<ResolverFactory, DnsResolverFactory>(_ => new DnsResolverFactory(GrpcClientDefaults.DnsRefresh)));
        builder.Services.TryAddKeyedSingleton<Replicas>(service);
        builder.Services.AddSingleton<LoadBalancerFactory>(
            provider => new LeastCalls.Factory(service, provider.GetRequiredKeyedService<Replicas>(service)));
        builder.Services.AddOptions<ServiceAddress>(service)
            .Configure<IConfiguration>((address, configuration) => address.Read(configuration, service))
            .Validate(address => address.Fault is null, ServiceAddress.Rule(service))
            .ValidateOnStart();

        var client = builder.Services
            .AddGrpcClient<TClient>(service, (provider, grpc) => grpc.Address = ServiceAddress.Of(provider, service).Target)
            .ConfigureChannel((provider, channel) =>
            {
                channel.Credentials = ServiceAddress.Of(provider, service).Secure
                    ? ChannelCredentials.SecureSsl
                    : ChannelCredentials.Insecure;
                channel.ServiceConfig = new ServiceConfig { LoadBalancingConfigs = { new(LeastCalls.Policy(service)) } };
                channel.MaxReceiveMessageSize = GrpcServing.MaxReceiveBytes;
                channel.InitialReconnectBackoff = FirstReconnect;
                channel.MaxReconnectBackoff = LongestReconnect;
            })
            .ConfigurePrimaryHttpMessageHandler(provider => new SocketsHttpHandler
            {
                SslOptions = provider.GetService<ServiceCertificate>()?.Calling() ?? new(),
                EnableMultipleHttp2Connections = true,
                UseProxy = false, // http_proxy is for the outside world; a proxy does not pass cleartext HTTP/2 on
                // Its end is one more moment in which a replica can be left alone for good; RestartedConnects bounds the wait.
                ConnectTimeout = Timeout.InfiniteTimeSpan,
                PooledConnectionLifetime = defaults.LongestConnection,
                // A replica that vanished without closing its connection is noticed within half a minute.
                KeepAlivePingDelay = TimeSpan.FromSeconds(20),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
                KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
                ActivityHeadersPropagator = null, // TraceContext does it
            })
            .AddHttpMessageHandler(() => new UntakenCalls())
            .AddHttpMessageHandler(() => new TraceContext())
            .AddInterceptor(() => new DefaultDeadline(defaults.DefaultDeadline))
            .AddInterceptor(() => new UnsentCalls());
        return defaults.PropagateCallContext
            ? client.EnableCallContextPropagation(propagation => propagation.SuppressContextNotFoundErrors = true)
            : client;
    }
}
