using Ipo.ServiceDefaults;
using Ipo.Tests.ClipScorer.Embeddings;
using Ipo.Tests.Fakes;
using StackExchange.Redis;
using Xunit;

namespace Ipo.Tests.ServiceDefaults;

public sealed class RedisFaultTests
{
    [Theory]
    [InlineData("", "NOAUTH Authentication required")]
    [InlineData(",password=wrong-canary", "NOAUTH Authentication required")]
    [InlineData(",user=nobody-canary,password=wrong-canary", "NOAUTH Authentication required")]
    public async Task Says_that_the_password_is_wrong(string login, string words)
    {
        await using var redis = await RedisProcess.StartAsync("--requirepass right-canary");

        var reason = await ReasonAsync(redis.ConnectionString + login);

        Assert.StartsWith(words, reason, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_which_command_the_user_may_not_use()
    {
        await using var redis = await RedisProcess.StartAsync("--user u on >p-canary ~ipo:* +get +set +ping +info +client +echo");

        Assert.Equal(
            "NOPERM this user has no permissions to run the 'mget' command",
            (await ReasonAsync($"{redis.ConnectionString},user=u,password=p-canary")).Replace("User u", "this user", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Says_that_the_certificate_is_not_trusted()
    {
        using var folder = new TempFolder();
        TestCertificate.Write(folder.Path, out var certificate, out var key);
        await using var redis = await RedisProcess.StartTlsAsync($"--tls-cert-file {certificate} --tls-key-file {key} --tls-ca-cert-file {certificate} --tls-auth-clients no");

        var reason = await ReasonAsync($"{redis.ConnectionString},ssl=true");

        Assert.Contains("certificate is invalid", reason, StringComparison.Ordinal);
        Assert.Contains("UntrustedRoot", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_that_nobody_listens() => Assert.Contains(
        "refused", await ReasonAsync("127.0.0.1:1"), StringComparison.OrdinalIgnoreCase);

    private static async Task<string> ReasonAsync(string connection)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(
            $"abortConnect=false,connectTimeout=2000,connectRetry=1,{connection}", options => options.BacklogPolicy = BacklogPolicy.FailFast);
        while (true)
        {
            var fault = await Assert.ThrowsAnyAsync<Exception>(() => redis.GetDatabase().StringGetAsync(["ipo:a", "ipo:b"]));
            Assert.True(RedisFault.IsOne(fault));
            // The first failure may come before the client knows why it has no connection.
            if (RedisFault.Of(fault) is var reason && reason != RedisFault.NoConnection) return reason;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
