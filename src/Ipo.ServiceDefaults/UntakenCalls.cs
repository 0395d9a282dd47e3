namespace Ipo.ServiceDefaults;

/// <summary>A replica that says it did not take a call is one that cannot be reached, as behind a closed port: the next replica may
/// take it, and a run waits. grpc-dotnet calls both INTERNAL, which ends a run: that no TLS came about, and that the server is leaving,
/// which HTTP/2 says with a GOAWAY without an error to those whose call it did not process (RFC 9113, section 6.8).</summary>
internal sealed class UntakenCalls : DelegatingHandler
{
    private const long NoError = 0;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try { return await base.SendAsync(request, cancellationToken); }
        catch (HttpRequestException fault) when (fault.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            throw Unreachable("No TLS came about.", new IOException(fault.Message, fault));
        }
        catch (HttpRequestException fault) when (fault.InnerException is HttpProtocolException { ErrorCode: NoError })
        {
            // Without its cause: grpc-dotnet looks for an error of HTTP/2 first, and makes INTERNAL of this one.
            throw Unreachable("The server is leaving.", new IOException(fault.Message));
        }
    }

    // UNAVAILABLE is what grpc-dotnet makes of an IOException within.
    private static HttpRequestException Unreachable(string why, IOException fault) => new(HttpRequestError.ConnectionError, why, fault);
}
