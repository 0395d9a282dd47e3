using Ipo.Providers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Ipo.Tests.Providers;

public sealed class ChatEndpointsTests
{
    [Theory]
    [InlineData("00:45:00", "00:45:10")]
    [InlineData("00:00:05", "00:00:30")] // the host's own patience is longer
    public void The_host_waits_when_it_stops_as_long_as_an_answer_may_take(string timeout, string expected)
    {
        using var services = Services(("E:Model", "m"), ("E:Endpoint", "http://localhost:1/v1"), ("E:Timeout", timeout));

        services.GetRequiredService<ChatEndpoint>();

        Assert.Equal(TimeSpan.Parse(expected, null), services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    [Fact]
    public void An_endpoint_that_is_not_configured_says_what_to_set()
    {
        using var services = Services();
        var refusal = Assert.Throws<InvalidOperationException>(services.GetRequiredService<ChatEndpoint>);
        Assert.Contains("E:Model", refusal.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Services(params (string Name, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value)).Build())
        .AddLogging().AddMetrics()
        .AddChatEndpoint<ChatEndpointOptions>("E")
        .BuildServiceProvider();
}
