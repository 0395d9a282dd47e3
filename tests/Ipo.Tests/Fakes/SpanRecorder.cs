using System.Collections.Concurrent;
using System.Diagnostics;

namespace Ipo.Tests.Fakes;

/// <summary>Records every span of this process, of any source, with all it carries, as text.</summary>
internal sealed class SpanRecorder : IDisposable
{
    private readonly ActivityListener listener;
    private readonly ConcurrentQueue<string> stopped = new();

    public SpanRecorder()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => stopped.Enqueue(Text(span)),
        };
        ActivitySource.AddActivityListener(listener);
    }

    /// <summary>The spans that ended so far: a copy, because other tests of this process go on ending theirs.</summary>
    public IReadOnlyList<string> Spans => stopped.ToArray();

    private static string Text(Activity span) => string.Join(' ',
    [
        span.Source.Name, span.DisplayName, $"{span.Status}", span.StatusDescription ?? "",
        .. span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"),
        .. span.Baggage.Select(item => $"{item.Key}={item.Value}"),
        .. span.Events.SelectMany(happened => happened.Tags.Select(tag => $"{happened.Name} {tag.Key}={tag.Value}")),
    ]);

    public void Dispose() => listener.Dispose();
}
