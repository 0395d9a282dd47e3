using Ipo.Tests.Fakes;
using StackExchange.Redis;
using Xunit;

namespace Ipo.Tests.Cache;

public sealed class EmbeddedRedisTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_serves_what_a_cache_of_embeddings_needs()
    {
        using var cache = await CacheProcess.StartAsync(Cancellation);
        await using var redis = await cache.ConnectAsync();
        var database = redis.GetDatabase();
        var floats = new byte[2048];
        Random.Shared.NextBytes(floats);
        await database.StringSetAsync([new("one", floats), new("two", "2")]);
        var values = await database.StringGetAsync(["one", "missing", "two"]);
        Assert.Equal(floats, (byte[]?)values[0]);
        Assert.True(values[1].IsNull);
        Assert.Equal("2", values[2]);
        Assert.True(await database.StringSetAsync("lock", "me", TimeSpan.FromMinutes(1), When.NotExists));
        Assert.False(await database.StringSetAsync("lock", "you", TimeSpan.FromMinutes(1), When.NotExists));
        Assert.Equal(3, (int)await database.ScriptEvaluateAsync("return 1 + 2"));
    }

    [Fact]
    public async Task What_is_in_it_outlives_a_crash_where_it_has_a_folder()
    {
        using var folder = new TempFolder();
        var kept = $"--Ipo:Cache:DataDirectory={folder.Path}";
        using (var cache = await CacheProcess.StartAsync(Cancellation, kept))
        {
            await using var redis = await cache.ConnectAsync();
            for (var key = 0; key < 100; key++) await redis.GetDatabase().StringSetAsync($"key {key}", key);
            // Changes reach the disk once a second.
            await Task.Delay(3000, Cancellation);
            cache.Kill();
        }
        using var restarted = await CacheProcess.StartAsync(Cancellation, kept);
        await using var again = await restarted.ConnectAsync();
        Assert.Equal(99, (int)await again.GetDatabase().StringGetAsync("key 99"));
    }

    [Fact]
    public async Task With_a_password_nobody_else_is_served_and_it_is_ready_all_the_same()
    {
        using var cache = await CacheProcess.StartAsync(Cancellation, "--Ipo:Cache:Password=canary-password");
        var refusal = await Assert.ThrowsAnyAsync<RedisException>(async () =>
        {
            await using var stranger = await cache.ConnectAsync(",connectTimeout=2000");
            await stranger.GetDatabase().StringGetAsync("key");
        });
        Assert.DoesNotContain("canary", refusal.Message, StringComparison.Ordinal);
        await using var redis = await cache.ConnectAsync(",password=canary-password");
        await redis.GetDatabase().StringSetAsync("key", "value");
        Assert.Equal("value", (string?)await redis.GetDatabase().StringGetAsync("key"));
    }

    [Theory]
    [InlineData("Memory", "256m")]
    [InlineData("LogLimit", "512m")]
    public async Task A_malformed_limit_is_refused_with_its_path(string setting, string example)
    {
        var (exit, errors) = await CacheProcess.RefusedAsync(Cancellation, $"--Ipo:Cache:{setting}=lots");
        Assert.Equal(1, exit);
        Assert.Contains(
            $"redis cannot start: Ipo:Cache:{setting} is 'lots'; set it to a number with k, m or g, such as {example}.", errors);
        Assert.DoesNotContain("   at ", errors);
    }

    // Its own protocol has no TLS: a certificate does not make it one that asks.
    [Fact]
    public async Task A_certificate_does_not_open_it_to_the_network()
    {
        using var folder = new TempFolder();
        using var authority = new TestAuthority();
        var (exit, errors) = await CacheProcess.RefusedAsync(Cancellation, "--IPO_BIND=any", $"--IPO_TLS={authority.Write(folder)}");
        Assert.Equal(1, exit);
        Assert.Contains("it asks nobody who calls. So that it asks, put a Redis that has TLS in its place. ", errors);
    }
}
