using Ipo.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;
using Xunit;

namespace Ipo.Tests.ServiceDefaults;

public sealed class RedisConnectionTests
{
    private static HostApplicationBuilder Builder(string? connection)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration["ConnectionStrings:redis"] = connection;
        return builder;
    }

    [Fact]
    public void Without_a_connection_string_there_is_no_connection_and_a_service_can_tell()
    {
        var builder = Builder(null);
        Assert.False(builder.AddIpoRedis());
        builder.Services.AddSingleton<UsesRedis>();
        using var host = builder.Build();
        Assert.Null(host.Services.GetRequiredService<UsesRedis>().Redis);
    }

    [Fact]
    public async Task A_lost_redis_does_not_stop_the_start_and_is_quick_to_miss()
    {
        // Port 1 of loopback: nobody listens.
        var builder = Builder("127.0.0.1:1");
        Assert.True(builder.AddIpoRedis());
        using var host = builder.Build();
        var redis = host.Services.GetRequiredService<IConnectionMultiplexer>();
        Assert.False(redis.IsConnected);
        // It has failed when the call returns: it waits in no queue for a connection that may come.
        var command = redis.GetDatabase().StringGetAsync("key");
        Assert.True(command.IsFaulted);
        await Assert.ThrowsAnyAsync<RedisException>(() => command);
    }

    private sealed class UsesRedis(IConnectionMultiplexer? redis = null)
    {
        public IConnectionMultiplexer? Redis { get; } = redis;
    }
}
