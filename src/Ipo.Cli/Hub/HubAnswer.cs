using System.Net;

namespace Ipo.Cli.Hub;

/// <summary>An answer whose content is still to be read.</summary>
/// <param name="response">Status and headers.</param>
/// <param name="content">The bytes behind them.</param>
/// <param name="silence">The longest wait for the next of them.</param>
/// <param name="cancellation">Ctrl-C.</param>
internal sealed class HubAnswer(HttpResponseMessage response, Stream content, TimeSpan silence, CancellationToken cancellation)
    : IDisposable
{
    // By the system's clock: this waits for somebody else and not for a time of ours.
    private readonly CancellationTokenSource _silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

    /// <summary>Where in the file it begins: 0 unless the server took the range that was asked for; null where it does not say.</summary>
    public long? From => response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.From : 0;

    /// <summary>Length of the whole file in bytes; null where the server does not say.</summary>
    public long? Length => response.StatusCode == HttpStatusCode.PartialContent
        ? response.Content.Headers.ContentRange?.Length
        : response.Content.Headers.ContentLength;

    /// <summary>What the server calls this content, for a later If-Range; null where it has no strong name for it.</summary>
    public string? ETag => response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : null;

    /// <summary>Reads on.</summary>
    /// <returns>How many bytes; 0 at the end.</returns>
    /// <exception cref="PassingFault">The connection is cut, or silent for too long.</exception>
    public async Task<int> ReadAsync(Memory<byte> buffer)
    {
        _silence.CancelAfter(silence);
        try
        {
            return await content.ReadAsync(buffer, _silence.Token);
        }
        catch (IOException cut)
        {
            throw new PassingFault($"The connection to {response.RequestMessage!.RequestUri!.Host} is cut ({cut.Message.TrimEnd('.')})");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new PassingFault($"{response.RequestMessage!.RequestUri!.Host} sent nothing for {silence.TotalSeconds:0.#} s");
        }
        finally
        {
            _silence.CancelAfter(Timeout.InfiniteTimeSpan); // what is done with the bytes is no silence of the server
        }
    }

    public void Dispose()
    {
        _silence.Dispose();
        content.Dispose();
        response.Dispose();
    }
}
