using System.Diagnostics;
using System.Net.Http.Headers;
using Ipo.Cli.Connections;
using Ipo.Cli.Sessions;

namespace Ipo.Cli.Hub;

/// <summary>Speaks a hub's HTTP API. Redirects are followed here and not by the handler, because the token goes to the hub's own
/// host alone, and the hub sends on to others for the content of files.</summary>
internal sealed class HubClient(HubSettings settings, TimeSpan silence, CancellationToken cancellation) : IDisposable
{
    private const int MostRedirects = 10;
    private const int LargestListing = 16 << 20;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectTimeout = silence,
        UseProxy = !settings.Endpoint.IsLoopback, // no proxy reaches this machine
        // A hub is told nothing of a trace.
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // a file may take hours; silence has its own limit
    };

    private bool _hasAnswered;

    /// <summary>The files of a model at a revision.</summary>
    /// <exception cref="CommandFailure">The hub refuses, cannot be reached, or answers something else.</exception>
    /// <exception cref="PassingFault">It may answer at the next try.</exception>
    public async Task<HubListing> ListAsync(ModelName model, string revision)
    {
        using var answer = await GetAsync(
            new(settings.Endpoint, $"api/models/{model}/revision/{Uri.EscapeDataString(revision)}?blobs=true"),
            _ => { }, (response, _) => HubRefusal.OfModel(response, settings, model, revision));
        var json = new MemoryStream();
        var buffer = new byte[81920];
        while (await answer.ReadAsync(buffer) is var count and > 0)
        {
            json.Write(buffer, 0, count);
            if (json.Length > LargestListing)
                throw new CommandFailure(
                    $"{settings.Endpoint} lists more than {LargestListing >> 20} MiB of file names for {model}; no model has as many.");
        }
        return HubListing.Parse(json.GetBuffer().AsMemory(0, (int)json.Length), settings.Endpoint);
    }

    /// <summary>Opens a file of a model at a commit.</summary>
    /// <param name="from">How many bytes of it are here already.</param>
    /// <param name="etag">What the server that they came from calls its content; null where it said nothing.</param>
    /// <exception cref="CommandFailure">The hub refuses, or cannot be reached.</exception>
    /// <exception cref="PassingFault">It may answer at the next try.</exception>
    public Task<HubAnswer> OpenAsync(ModelName model, string commit, string file, long from, string? etag) => GetAsync(
        new(settings.Endpoint, $"{model}/resolve/{commit}/{Uri.EscapeDataString(file)}"),
        request =>
        {
            if (from == 0) return;
            request.Headers.Range = new(from, null);
            if (etag is not null) request.Headers.IfRange = new(new EntityTagHeaderValue(etag));
        },
        (response, last) => HubRefusal.OfFile(response, settings, model, file, last));

    public void Dispose() => _http.Dispose();

    private async Task<HubAnswer> GetAsync(
        Uri address, Action<HttpRequestMessage> prepare, Func<HttpResponseMessage, Uri, Exception> refusal)
    {
        for (var redirects = 0; ; redirects++)
        {
            var response = await SendAsync(address, prepare);
            if (response.IsSuccessStatusCode)
                return new(response, await response.Content.ReadAsStreamAsync(cancellation), silence, cancellation);
            using (response)
                address = (int)response.StatusCode is 301 or 302 or 303 or 307 or 308
                    ? Next(address, response.Headers.Location, redirects)
                    : throw refusal(response, address);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Uri address, Action<HttpRequestMessage> prepare)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.UserAgent.Add(new("ipo", ProgramVersion.Text));
        if (settings.Token is { } token && settings.IsHubs(address)) request.Headers.Authorization = new("Bearer", token);
        prepare(request);
        using var silent = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silent.CancelAfter(silence);
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silent.Token);
            _hasAnswered = true;
            return response;
        }
        catch (HttpRequestException fault)
        {
            throw NotReached(address, (fault.InnerException ?? fault).Message.TrimEnd('.'));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw NotReached(address, $"no answer within {silence.TotalSeconds:0.#} s");
        }
    }

    // A hub that never answered is not worth five tries; one that did is there.
    private Exception NotReached(Uri address, string why) => _hasAnswered
        ? new PassingFault($"{address.Host} cannot be reached ({why})")
        : new CommandFailure(
            $"{address.GetLeftPart(UriPartial.Authority)} cannot be reached ({why}). Check the network, and HTTPS_PROXY "
            + "where there is a proxy; HF_ENDPOINT names a mirror, and HF_HUB_OFFLINE=1 takes what is there already.");

    private static Uri Next(Uri address, Uri? location, int redirects)
    {
        if (location is null || redirects == MostRedirects)
            throw new CommandFailure($"{address.Host} sends from one address to the next and to no file ({redirects + 1} redirects).");
        var next = new Uri(address, location);
        return next.Scheme == "https" || next.Scheme == address.Scheme
            ? next
            : throw new CommandFailure(
                $"{address.Host} sends on to {next.GetLeftPart(UriPartial.Authority)}, which is no https address and is not followed.");
    }
}
