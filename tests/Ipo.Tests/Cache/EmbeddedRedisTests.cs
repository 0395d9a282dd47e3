using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Ipo.Tests.LocalHosting;
using StackExchange.Redis;
using Xunit;

namespace Ipo.Tests.Cache;

public sealed class EmbeddedRedisTests
{
    private static IResourceBuilder<ProjectResource> Cache(IDistributedApplicationBuilder builder) =>
        builder.AddProject("redis", Path.Combine(Shared.Repository, "src", "Ipo.Cache", "Ipo.Cache.csproj"))
            .WithEndpoint(scheme: "tcp", name: "redis", env: "IPO_REDIS_PORT")
            .WithHttpEndpoint(env: "IPO_HTTP_PORT")
            .WithHttpHealthCheck("/health/ready");

    private static Task<ConnectionMultiplexer> Connect(RunningHost host) =>
        ConnectionMultiplexer.ConnectAsync($"{host.Address("redis", "redis").Authority},connectTimeout=30000,asyncTimeout=30000");

    [Fact]
    public async Task It_serves_what_a_cache_of_embeddings_needs()
    {
        await using var host = await RunningHost.Healthy(builder => Cache(builder));
        await using var redis = await Connect(host);
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
        using var folder = new TemporaryFolder();
        await using var host = await RunningHost.Healthy(builder => Cache(builder).WithEnvironment("Ipo__Cache__DataDirectory", folder.Path));
        await using (var redis = await Connect(host))
        {
            var database = redis.GetDatabase();
            for (var key = 0; key < 100; key++) await database.StringSetAsync($"key {key}", key);
        }
        // Changes reach the disk once a second.
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        using (var process = Process.GetProcessById(host["redis"].Status.ProcessId!.Value)) process.Kill();
        await host.Until(() => host["redis"].Status is { Restarts: 1, State: Ipo.LocalHosting.Running.ResourceState.Healthy });
        await using var again = await Connect(host);
        Assert.Equal(99, (int)await again.GetDatabase().StringGetAsync("key 99"));
    }

    [Fact]
    public async Task A_malformed_limit_is_refused_with_its_path()
    {
        await using var host = RunningHost.Start(builder => Cache(builder).WithEnvironment("Ipo__Cache__Memory", "lots"));
        await host.Until(() => host.Output.Contains("cannot start", StringComparison.Ordinal));
        Assert.Contains("redis | redis cannot start: Ipo:Cache:Memory must be a number with k, m or g, such as 256m.", host.Output);
        Assert.DoesNotContain("   at ", host.Output);
    }
}
