using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;

namespace Ipo.Providers;

/// <summary>The proxy on the way to an endpoint, for messages: its address has no user and no password.</summary>
internal sealed partial class EndpointProxy
{
    /// <summary>Where a proxy is named.</summary>
    public const string Variables = "http_proxy, https_proxy or all_proxy";

    private EndpointProxy(Uri uri) => Address = $"{uri.Host}:{uri.Port}";

    /// <summary>Host and port.</summary>
    public string Address { get; }

    /// <summary>What a proxy is never asked for: a server on this machine. Another machine could not reach it there, and
    /// this one needs no help.</summary>
    public static bool IsPassedOver(Uri endpoint) => endpoint.IsLoopback;

    /// <summary>The proxy that calls to an endpoint take; null where they go straight there.</summary>
    public static EndpointProxy? To(Uri endpoint, IWebProxy proxy) =>
        !IsPassedOver(endpoint) && !proxy.IsBypassed(endpoint) && proxy.GetProxy(endpoint) is { } uri && uri != endpoint ? new(uri) : null;

    /// <summary>What went wrong at the proxy, as a sentence.</summary>
    public string Fault(Exception cause) => cause switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => $"the proxy's host {Address} is unknown.",
        HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
            $"nothing listens at the proxy's address {Address}.",
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } =>
            $"the proxy refused the connection (\"{Shown(cause)}\").",
        HttpRequestException { InnerException: AuthenticationException insecure } => $"{TlsFault.Of(insecure)} (\"{insecure.Message}\").",
        _ => $"\"{Shown(cause)}\".",
    };

    // The runtime names the proxy as it is configured, with user and password.
    private static string Shown(Exception cause) => Credentials().Replace(cause.Message, "//");

    [GeneratedRegex(@"//[^/\s'""]*@")]
    private static partial Regex Credentials();
}
