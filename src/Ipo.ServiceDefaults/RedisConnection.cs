using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Ipo.Tls;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Ipo.ServiceDefaults;

/// <summary>The connection to a Redis that may be lost at any time.</summary>
public static class RedisConnection
{
    /// <summary>A PEM file with the authorities of the Redis' certificate; without it they are the system's.</summary>
    public const string AuthoritySetting = "IPO_REDIS_AUTHORITY";

    // In front of the connection string, so that what it says itself wins. A cache has to be quick to miss: embedding
    // an image again takes milliseconds, StackExchange.Redis' own patience is five seconds.
    private const string QuickToMiss = "abortConnect=false,connectTimeout=2000,connectRetry=1,asyncTimeout=1000,syncTimeout=1000,";

    /// <summary>How to connect to that Redis where it is more than a cache: nothing is given up quickly.</summary>
    /// <exception cref="ServiceStartException">None is configured, or what is configured cannot be read.</exception>
    public static ConfigurationOptions Options(IConfiguration configuration, string name = "redis")
    {
        var connection = configuration.GetConnectionString(name);
        if (string.IsNullOrWhiteSpace(connection)) throw new ServiceStartException($"ConnectionStrings:{name} is not set.");
        if (!RedisAddress.TryRead(connection, "abortConnect=false,", out var address)) throw new ServiceStartException(HowToWrite(name));
        var options = ConfigurationOptions.Parse(address.ConnectionString);
        address.Complete(options);
        options.ReconnectRetryPolicy = new ExponentialRetry(250, 5000);
        return options;
    }

    private static string HowToWrite(string name) =>
        $"ConnectionStrings:{name} must be host:port,option=value,… or redis://user:password@host:port/database";

    /// <summary>Registers <see cref="IConnectionMultiplexer"/> for the connection string <c>ConnectionStrings:NAME</c>
    /// (variable <c>ConnectionStrings__NAME</c>, form <c>host:port,password=…</c> or <c>redis://…</c>). Without one nothing is
    /// registered: a service takes <c>IConnectionMultiplexer? redis = null</c> and works without. With it comes a
    /// <see cref="CacheSeal"/> for what is kept there.</summary>
    /// <returns>True where a connection string is set.</returns>
    public static bool AddIpoRedis(this IHostApplicationBuilder builder, string name = "redis")
    {
        var connection = builder.Configuration.GetConnectionString(name);
        if (string.IsNullOrWhiteSpace(connection)) return false;
        if (!RedisAddress.TryRead(connection, QuickToMiss, out var address))
        {
            // Neither the text nor the parser's message, which quotes it: it may hold a password.
            builder.RefuseStart(HowToWrite(name));
            return false;
        }
        var authority = builder.Configuration[AuthoritySetting];
        try
        {
            if (authority is { Length: > 0 }) Authority.Read(authority);
        }
        catch (InvalidDataException wrong)
        {
            builder.RefuseStart($"{AuthoritySetting}: {wrong.Message}");
            return false;
        }
        try
        {
            var secret = CacheSeal.SecretOf(builder.Configuration);
            builder.Services.AddSingleton(services =>
            {
                if (secret is null) CacheSeal.WithoutSecret(services.GetRequiredService<ILogger<CacheSeal>>());
                return new CacheSeal(secret);
            });
        }
        catch (ArgumentException unusable)
        {
            builder.RefuseStart(unusable.Message);
            return false;
        }
        builder.AddRedisClient(name, settings =>
        {
            settings.ConnectionString = address.ConnectionString;
            settings.DisableHealthChecks = true; // a service without its cache is slower and as ready as before
            settings.DisableTracing = true; // thousands of embeddings a second would each be a span
        }, options =>
        {
            address.Complete(options);
            options.BacklogPolicy = BacklogPolicy.FailFast; // while it is lost a command is a miss at once, not a place in a queue
            if (authority is { Length: > 0 })
                options.CertificateValidation += (_, shown, sent, errors) => Believes(authority, shown, sent, errors);
            options.ReconnectRetryPolicy = new ExponentialRetry(250, 5000);
        });
        return true;
    }

    // Read anew for each connection, of which there are few: an authority may be changed while the service runs.
    private static bool Believes(string authority, X509Certificate? shown, X509Chain? sent, SslPolicyErrors errors) =>
        Authority.Read(authority).Problem(shown, sent, errors, PeerRole.Server) is { } problem
            ? throw new AuthenticationException(problem) // the client tells it on, RedisFault to the log
            : true;
}
