namespace Ipo.ServiceDefaults;

/// <summary>A replica with which no TLS came about is one that cannot be reached, as behind a closed port: the call has not
/// left, the next replica may take it, and a run waits until the certificates are mended. grpc-dotnet calls it INTERNAL, which
/// ends a run.</summary>
internal sealed class FailedHandshakes : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try { return await base.SendAsync(request, cancellationToken); }
        catch (HttpRequestException fault) when (fault.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            // UNAVAILABLE is what grpc-dotnet makes of an IOException within.
            throw new HttpRequestException(HttpRequestError.ConnectionError, "No TLS came about.", new IOException(fault.Message, fault));
        }
    }
}
