using Ipo.ServiceDefaults.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ipo.Providers;

/// <summary>Registers a service's chat endpoint.</summary>
public static class ChatEndpoints
{
    private static readonly TimeSpan TimeForTheRest = TimeSpan.FromSeconds(10);

    /// <summary>Binds and checks <typeparamref name="TOptions"/> at a configuration path when the service starts, and
    /// offers <see cref="ChatEndpoint"/>, which throws where it is asked for and not configured.</summary>
    public static IServiceCollection AddChatEndpoint<TOptions>(this IServiceCollection services, string path)
        where TOptions : ChatEndpointOptions
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ProviderMetrics>();
        services.AddSettings<TOptions>(path);
        services.AddSingleton(provider => Create(provider, provider.GetRequiredService<IOptions<TOptions>>().Value, path));
        return services;
    }

    /// <summary>An endpoint of checked options. From now on the host waits, when it stops, as long as an answer may take:
    /// one that is paid for should come home. Whoever stops it has to wait as long.</summary>
    /// <param name="path">Their configuration path, for messages.</param>
    /// <exception cref="InvalidOperationException">They are no whole endpoint.</exception>
    public static ChatEndpoint Create(IServiceProvider provider, ChatEndpointOptions options, string path)
    {
        if (!options.IsConfigured)
            throw new InvalidOperationException($"No chat endpoint is configured: {ChatEndpointOptions.HowToConfigure(path)}.");
        var host = provider.GetRequiredService<IOptions<HostOptions>>().Value;
        if (host.ShutdownTimeout < options.Timeout + TimeForTheRest) host.ShutdownTimeout = options.Timeout + TimeForTheRest;
        return new(options, path, provider.GetRequiredService<TimeProvider>(), log: provider.GetRequiredService<ILogger<ChatEndpoint>>());
    }
}
