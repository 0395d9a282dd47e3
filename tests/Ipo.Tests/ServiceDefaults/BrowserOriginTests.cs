using System.Net;
using Ipo.ServiceDefaults;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Ipo.Tests.ServiceDefaults;

public sealed class BrowserOriginTests
{
    [Theory]
    [InlineData("localhost:8080", null)]
    [InlineData("127.0.0.1:8080", null)]
    [InlineData("[::1]:8080", null)]
    [InlineData("web.localhost:8080", null)]
    [InlineData("localhost:8080", "http://localhost:8080")]
    [InlineData("localhost:8080", "https://team.example.org")]
    [InlineData("team.example.org", null)]
    public void Programs_pages_of_its_own_and_allowed_ones_may_call(string host, string? origin) =>
        Assert.Null(Problem(host, origin));

    [Theory]
    [InlineData("localhost:8080", "https://evil.example")]
    [InlineData("localhost:8080", "null")]
    [InlineData("localhost:8080", "http://localhost:9090")]
    public void A_page_of_another_site_may_not(string host, string origin) =>
        Assert.Equal($"Pages of '{origin}' may not call this service. Ipo:X:AllowedOrigins lists the origins that may.", Problem(host, origin));

    // The page's own GET has no Origin.
    [Theory]
    [InlineData(null)]
    [InlineData("http://evil.example:8080")]
    public void A_name_that_was_bent_to_loopback_may_not(string? origin) =>
        Assert.Equal(
            "This service listens on this machine alone and is not called 'evil.example'. Use localhost, or set Ipo:X:AllowedOrigins.",
            Problem("evil.example:8080", origin));

    [Fact]
    public void On_a_network_every_name_may_be_its_own() => Assert.Null(Problem("ipo.example", null, local: "10.0.0.5"));

    // As programs speak gRPC without TLS; no browser does.
    [Fact]
    public void HTTP_2_without_an_origin_comes_from_programs() => Assert.Null(Problem("orchestrator:8081", null, protocol: "HTTP/2"));

    private static string? Problem(string host, string? origin, string local = "127.0.0.1", string protocol = "HTTP/1.1")
    {
        var context = new DefaultHttpContext();
        (context.Request.Host, context.Request.Protocol) = (new(host), protocol);
        context.Connection.LocalIpAddress = IPAddress.Parse(local);
        if (origin is not null) context.Request.Headers.Origin = origin;
        return BrowserOrigin.Problem(context, ["https://team.example.org"], "Ipo:X:AllowedOrigins");
    }
}
