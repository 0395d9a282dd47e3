using Aspire.Hosting.ApplicationModel;

namespace Ipo.LocalHosting.Running;

/// <summary>Asks a replica whether it is ready.</summary>
internal static class HealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Null when every probe answers as expected, otherwise what the first one met.</summary>
    public static async Task<string?> FirstObstacle(HttpClient http, ProcessResource resource, int replica, CancellationToken cancellation)
    {
        foreach (var probe in resource.Probes)
        {
            var endpoint = new EndpointReference(resource, probe.EndpointName).Endpoint;
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(Patience);
            try
            {
                using var answer = await http.GetAsync(new Uri(new Uri(endpoint.UrlOf(replica)), probe.Path), patience.Token);
                if ((int)answer.StatusCode != probe.StatusCode) return $"{probe.Path} answers {(int)answer.StatusCode}";
            }
            catch (HttpRequestException)
            {
                return $"{probe.Path} does not answer";
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return $"{probe.Path} does not answer within {Patience.TotalSeconds:0} s";
            }
        }
        return null;
    }
}
