using Ipo.LocalHosting.Otlp;

namespace Ipo.LocalHosting.Telemetry;

/// <summary>One piece of work in a trace. Times are nanoseconds since 1970.</summary>
internal sealed record SpanRecord(
    string Id, string? Parent, string Name, string Service, string Kind, ulong Start, ulong End, bool IsError, string? StatusMessage,
    IReadOnlyList<Attribute> Attributes, IReadOnlyList<SpanEvent> Events);

/// <summary>Something noted in a span at one time.</summary>
internal sealed record SpanEvent(ulong Time, string Name, IReadOnlyList<Attribute> Attributes);

/// <summary>A log line written while a span was current.</summary>
internal sealed record TraceLine(ulong Time, string? Span, string Service, string Level, string Text);

/// <summary>A trace in the list. It is open while a span is missing that another hangs from: a sender sends a span when it ends, so the one
/// all others hang from comes last.</summary>
internal sealed record TraceSummary(string Id, string Name, IReadOnlyList<string> Services, ulong Start, ulong End, int Spans, int Errors, bool IsOpen);

/// <summary>One trace in full.</summary>
internal sealed record Trace(TraceSummary Summary, IReadOnlyList<SpanRecord> Spans, IReadOnlyList<TraceLine> Lines, int Dropped);

/// <summary>The newest traces, within fixed bounds: those that have not grown for the longest time go first.</summary>
internal sealed class TraceBook(int mostTraces = 500, int mostEntries = 50_000, int mostInOneTrace = 10_000)
{
    private static readonly string[] Kinds = ["", "internal", "server", "client", "producer", "consumer"];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Growing> _traces = [];
    private readonly LinkedList<Growing> _byLastGrowth = new();
    private int _entries;

    public void Add(ResourceSpans received)
    {
        var service = Attributes.Find(received.Resource, "service.name") ?? "unknown";
        foreach (var span in received.ScopeSpans.SelectMany(scope => scope.Spans))
        {
            if (span.TraceId.Length != 16 || span.SpanId.Length != 8) continue; // not a span by the protocol
            var record = new SpanRecord(
                Hex(span.SpanId), span.ParentSpanId.IsEmpty ? null : Hex(span.ParentSpanId), Attributes.Cut(span.Name), service,
                Kinds.ElementAtOrDefault(span.Kind) ?? "", span.StartTimeUnixNano, Math.Max(span.StartTimeUnixNano, span.EndTimeUnixNano),
                span.Status?.Code == 2, string.IsNullOrEmpty(span.Status?.Message) ? null : Attributes.Cut(span.Status.Message),
                Attributes.Of(span.Attributes), [.. span.Events.Take(64).Select(note => new SpanEvent(note.TimeUnixNano, Attributes.Cut(note.Name), Attributes.Of(note.Attributes)))]);
            Grow(Hex(span.TraceId), trace => trace.Spans.Add(record), isRoot: record.Parent is null);
        }
    }

    public void Add(ResourceLogs received)
    {
        var service = Attributes.Find(received.Resource, "service.name") ?? "unknown";
        foreach (var line in received.ScopeLogs.SelectMany(scope => scope.LogRecords))
        {
            if (line.TraceId.Length != 16) continue; // outside of a trace; standard output has it
            var record = new TraceLine(line.TimeUnixNano, line.SpanId.IsEmpty ? null : Hex(line.SpanId), service, Level(line.SeverityNumber), Attributes.Text(line.Body));
            Grow(Hex(line.TraceId), trace => trace.Lines.Add(record));
        }
    }

    /// <summary>All traces, the newest first.</summary>
    public IReadOnlyList<TraceSummary> List()
    {
        lock (_gate) return [.. _traces.Values.Where(trace => trace.Spans.Count > 0).Select(Summarize).OrderByDescending(trace => trace.Start)];
    }

    public Trace? Find(string id)
    {
        lock (_gate)
        {
            return _traces.TryGetValue(id, out var trace) && trace.Spans.Count > 0
                ? new Trace(Summarize(trace), [.. trace.Spans.OrderBy(span => span.Start)], [.. trace.Lines.OrderBy(line => line.Time)], trace.Dropped)
                : null;
        }
    }

    // A root is taken however full its trace is: without it the trace would have no end.
    private void Grow(string id, Action<Growing> add, bool isRoot = false)
    {
        lock (_gate)
        {
            if (_traces.TryGetValue(id, out var trace)) _byLastGrowth.Remove(trace.Place);
            else _traces[id] = trace = new Growing(id);
            _byLastGrowth.AddLast(trace.Place);
            if (trace.Entries >= mostInOneTrace && !isRoot)
            {
                trace.Dropped++;
                return;
            }
            add(trace);
            _entries++;
            while (_traces.Count > mostTraces || (_entries > mostEntries && _traces.Count > 1))
            {
                var oldest = _byLastGrowth.First!.Value;
                _byLastGrowth.RemoveFirst();
                _traces.Remove(oldest.Id);
                _entries -= oldest.Entries;
            }
        }
    }

    private static TraceSummary Summarize(Growing trace)
    {
        var root = trace.Spans.FirstOrDefault(span => span.Parent is null);
        var first = trace.Spans.MinBy(span => span.Start)!;
        // Of a trace that is not kept whole, the missing ones may be among those dropped.
        var known = trace.Spans.Select(span => span.Id).ToHashSet();
        var isOpen = root is null || (trace.Dropped == 0 && trace.Spans.Exists(span => span.Parent is { } parent && !known.Contains(parent)));
        return new TraceSummary(trace.Id, (root ?? first).Name, [.. trace.Spans.Select(span => span.Service).Distinct().Order(StringComparer.Ordinal)],
            first.Start, trace.Spans.Max(span => span.End), trace.Spans.Count, trace.Spans.Count(span => span.IsError), isOpen);
    }

    private static string Level(int severity) => severity switch { >= 21 => "fatal", >= 17 => "error", >= 13 => "warning", >= 9 => "information", >= 5 => "debug", >= 1 => "trace", _ => "" };

    private static string Hex(Google.Protobuf.ByteString bytes) => Convert.ToHexStringLower(bytes.Span);

    private sealed class Growing
    {
        public Growing(string id) => (Id, Place) = (id, new LinkedListNode<Growing>(this));

        public string Id { get; }
        public LinkedListNode<Growing> Place { get; }
        public List<SpanRecord> Spans { get; } = [];
        public List<TraceLine> Lines { get; } = [];
        public int Dropped { get; set; }
        public int Entries => Spans.Count + Lines.Count;
    }
}
