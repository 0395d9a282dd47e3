using System.Net.Sockets;
using Ipo.ServiceDefaults;
using Xunit;

namespace Ipo.Tests.ServiceDefaults;

public sealed class ServicePortsTests
{
    [Fact]
    public async Task A_service_told_to_bind_to_any_address_is_reached_from_outside_the_machine_too()
    {
        var builder = TestService.Builder(new() { [ServicePorts.BindSetting] = "any" });
        builder.AddServiceDefaults("test-service");
        await using var app = builder.Build();
        app.MapServiceDefaults();
        await app.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, app.Urls.Count);
        Assert.All(app.Urls, url => Assert.StartsWith(Socket.OSSupportsIPv6 ? "http://[::]:" : "http://0.0.0.0:", url, StringComparison.Ordinal));
        await app.StopAsync(TestContext.Current.CancellationToken);
    }
}
