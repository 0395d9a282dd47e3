using Google.Protobuf;
using Ipo.LocalHosting.Otlp;
using Ipo.LocalHosting.Telemetry;
using Xunit;

namespace Ipo.Tests.LocalHosting.Telemetry;

public sealed class TraceBookTests
{
    private static ResourceSpans Spans(byte trace, params (byte Id, byte Parent)[] spans)
    {
        var received = new ResourceSpans { Resource = new() { Attributes = { new KeyValue { Key = "service.name", Value = new() { StringValue = "orchestrator" } } } }, ScopeSpans = { new ScopeSpans() } };
        foreach (var (id, parent) in spans)
        {
            received.ScopeSpans[0].Spans.Add(new Span
            {
                TraceId = Bytes(16, trace),
                SpanId = Bytes(8, id),
                ParentSpanId = parent == 0 ? ByteString.Empty : Bytes(8, parent),
                Name = $"span {id}",
                StartTimeUnixNano = 1_000_000UL * id,
                EndTimeUnixNano = (1_000_000UL * id) + 500,
            });
        }
        return received;
    }

    private static ByteString Bytes(int count, byte value) => ByteString.CopyFrom([.. Enumerable.Repeat(value, count)]);

    private static string Id(byte trace) => Convert.ToHexStringLower([.. Enumerable.Repeat(trace, 16)]);

    [Fact]
    public void A_trace_is_open_until_the_span_all_others_hang_from_has_come()
    {
        var book = new TraceBook();
        book.Add(Spans(1, (2, 1), (3, 2)));
        Assert.True(Assert.Single(book.List()) is { IsOpen: true, Name: "span 2", Spans: 2 });
        book.Add(Spans(1, (1, 0)));
        Assert.True(Assert.Single(book.List()) is { IsOpen: false, Name: "span 1", Spans: 3 });
        Assert.Equal(["span 1", "span 2", "span 3"], book.Find(Id(1))!.Spans.Select(span => span.Name));
    }

    [Fact]
    public void A_trace_that_is_taken_up_again_is_open_until_its_next_root_has_come()
    {
        var book = new TraceBook();
        book.Add(Spans(1, (1, 0), (2, 1), (4, 3)));
        Assert.True(Assert.Single(book.List()).IsOpen);
        book.Add(Spans(1, (3, 0)));
        Assert.False(Assert.Single(book.List()).IsOpen);
    }

    [Fact]
    public void A_root_comes_into_a_trace_that_is_full()
    {
        var book = new TraceBook(mostInOneTrace: 2);
        book.Add(Spans(1, (2, 1), (3, 1), (4, 1), (1, 0)));
        Assert.True(Assert.Single(book.List()) is { IsOpen: false, Name: "span 1", Spans: 3 });
        Assert.Equal(1, book.Find(Id(1))!.Dropped);
    }

    [Fact]
    public void The_traces_that_have_not_grown_for_longest_go_first()
    {
        var book = new TraceBook(mostTraces: 2);
        book.Add(Spans(1, (1, 0)));
        book.Add(Spans(2, (2, 0)));
        book.Add(Spans(1, (3, 1)));
        book.Add(Spans(3, (4, 0)));
        Assert.Equal([Id(3), Id(1)], book.List().Select(trace => trace.Id));
    }

    [Fact]
    public void All_together_stay_under_the_bound_and_one_trace_says_what_it_lacks()
    {
        var book = new TraceBook(mostTraces: 100, mostEntries: 5, mostInOneTrace: 3);
        book.Add(Spans(1, (1, 0), (2, 1), (3, 1), (4, 1), (5, 1)));
        Assert.Equal((3, 2), (book.Find(Id(1))!.Spans.Count, book.Find(Id(1))!.Dropped));
        book.Add(Spans(2, (6, 0), (7, 6), (8, 6)));
        Assert.Equal([Id(2)], book.List().Select(trace => trace.Id));
    }

    [Fact]
    public void What_is_no_span_by_the_protocol_is_left_out()
    {
        var received = Spans(1, (1, 0));
        received.ScopeSpans[0].Spans[0].TraceId = ByteString.CopyFromUtf8("short");
        var book = new TraceBook();
        book.Add(received);
        Assert.Empty(book.List());
    }

    [Fact]
    public void Values_of_every_type_become_text_of_bounded_length()
    {
        var many = new AnyValue { ArrayValue = new() };
        for (var value = 0; value < 3; value++) many.ArrayValue.Values.Add(new AnyValue { IntValue = value });
        Assert.Equal(["x", "true", "7", "0.5", "0, 1, 2", ""],
            new AnyValue?[] { new() { StringValue = "x" }, new() { BoolValue = true }, new() { IntValue = 7 }, new() { DoubleValue = 0.5 }, many, null }.Select(Attributes.Text));
        Assert.Equal(2049, Attributes.Text(new AnyValue { StringValue = new string('x', 100_000) }).Length);
    }
}
