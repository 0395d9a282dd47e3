using Ipo.ServiceDefaults;
using Ipo.Tests.ClipScorer.Embeddings;
using Ipo.Tests.Fakes;
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

    [Theory]
    [InlineData("h:7,password=p", "h:7", null, "p", false, null)]
    [InlineData("h:7,password=a://b", "h:7", null, "a://b", false, null)]
    [InlineData("h,password=redis://b", "h:0", null, "redis://b", false, null)]
    [InlineData("redis://h", "h:6379", null, null, false, null)]
    [InlineData("redis://h:7/2", "h:7", null, null, false, 2)]
    [InlineData("rediss://:p%2Cq%40@h:7", "h:7", null, "p,q@", true, null)]
    [InlineData("redis://u:p%3Aq@h", "h:6379", "u", "p:q", false, null)]
    [InlineData("redis://p@h", "h:6379", null, "p", false, null)]
    [InlineData("redis://[::1]:7", "[::1]:7", null, null, false, null)]
    public void Both_forms_of_an_address_are_understood(
        string text, string endPoint, string? user, string? password, bool tls, int? database)
    {
        Assert.True(RedisAddress.TryRead(text, "abortConnect=false,", out var address));
        var options = ConfigurationOptions.Parse(address.ConnectionString);
        address.Complete(options);

        Assert.Equal(endPoint, options.EndPoints.Single().ToString()!.Replace("Unspecified/", "", StringComparison.Ordinal));
        Assert.Equal((user, password, tls, database, false), (options.User, options.Password, options.Ssl, options.DefaultDatabase, options.AbortOnConnectFail));
        if (text.Contains("://", StringComparison.Ordinal)) Assert.DoesNotContain("p%", address.ConnectionString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://h")]
    [InlineData("redis://h/name")]
    [InlineData("redis://")]
    [InlineData("h:7,nonsense=1")]
    public void Anything_else_is_refused(string text) => Assert.False(RedisAddress.TryRead(text, "", out _));

    [Fact]
    public async Task An_address_with_a_password_connects()
    {
        await using var server = await RedisProcess.StartAsync("--requirepass a,b@c");
        var builder = Builder($"redis://:a%2Cb%40c@127.0.0.1:{server.Port}/1");
        Assert.True(builder.AddIpoRedis());
        using var host = builder.Build();
        var database = host.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

        await database.StringSetAsync("key", "value");

        Assert.Equal(("value", 1), ((string?)await database.StringGetAsync("key"), database.Database));
    }

    [Theory]
    [InlineData("127.0.0.1", true, null)]
    [InlineData("127.0.0.1", false, "The certificate CN=127.0.0.1 is of no authority in ")]
    [InlineData("elsewhere.test", true, "The certificate CN=elsewhere.test is for elsewhere.test and not for the name that was called")]
    public async Task One_over_TLS_is_believed_by_the_authority_that_is_named(string name, bool isItsOwn, string? problem)
    {
        using var folder = new TempFolder();
        using var authority = new TestAuthority();
        using var other = new TestAuthority("Other");
        var (certificate, key) = authority.Issue([name]);
        await using var server = await RedisProcess.StartTlsAsync($"--tls-cert-file {folder.Write("tls.crt", certificate)} --tls-key-file {folder.Write("tls.key", key)} "
            + $"--tls-ca-cert-file {folder.Write("own.crt", authority.Pem)} --tls-auth-clients no");
        var builder = Builder($"rediss://127.0.0.1:{server.Port}");
        builder.Configuration["IPO_REDIS_AUTHORITY"] = folder.Write("ca.crt", (isItsOwn ? authority : other).Pem);
        Assert.True(builder.AddIpoRedis());
        using var host = builder.Build();
        var database = host.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

        if (problem is null)
        {
            await database.StringSetAsync("key", "value");
            Assert.Equal("value", (string?)await database.StringGetAsync("key"));
            return;
        }
        string reason;
        while ((reason = RedisFault.Of(await Assert.ThrowsAnyAsync<RedisException>(() => database.StringGetAsync("key")))) == RedisFault.NoConnection)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.StartsWith(problem, reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_authorities_stops_the_start()
    {
        using var folder = new TempFolder();
        var builder = Builder("rediss://127.0.0.1:1");
        builder.Configuration["IPO_REDIS_AUTHORITY"] = folder.Write("ca.crt", "nothing");
        Assert.False(builder.AddIpoRedis());
        using var host = builder.Build();
        Assert.Equal($"IPO_REDIS_AUTHORITY: {Path.Combine(folder, "ca.crt")} holds no certificate in PEM.", host.Services.GetRequiredService<ServiceStartException>().Message);
    }

    private sealed class UsesRedis(IConnectionMultiplexer? redis = null)
    {
        public IConnectionMultiplexer? Redis { get; } = redis;
    }
}
