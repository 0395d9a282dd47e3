using Grpc.Core;
using Ipo.Orchestrator.Access;
using Ipo.Tests.Fakes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Ipo.Tests.Orchestrator.Access;

public sealed class WholeMessagesTests
{
    [Fact]
    public async Task A_message_on_its_way_arrives_whole_and_none_follows_it()
    {
        using var call = new Call();
        var writing = call.Messages.WriteAsync("half sent", call.Source.Token);
        await call.Source.CancelAsync();
        call.Reader.SetResult();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Messages.WriteAsync("the next", call.Source.Token));
        Assert.Equal(["half sent"], call.Written);
        Assert.False(call.IsBroken);
    }

    [Fact]
    public async Task A_reader_that_reads_no_more_does_not_hold_its_call_open()
    {
        using var call = new Call();
        var writing = call.Messages.WriteAsync("never read", call.Source.Token);
        Assert.False(writing.IsCompleted);
        await call.Source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.True(call.IsBroken);
        call.Reader.SetResult();
    }

    /// <summary>A call whose writer waits for its reader, and writes without a token: one that is cancelled breaks the stream.</summary>
    private sealed class Call : IServerStreamWriter<string>, IHttpRequestLifetimeFeature, IDisposable
    {
        public Call()
        {
            var http = new DefaultHttpContext();
            http.Features.Set<IHttpRequestLifetimeFeature>(this);
            var context = new FakeCallContext(DateTime.MaxValue, Source.Token);
            context.UserState["__HttpContext"] = http; // where GetHttpContext looks
            Messages = new(this, context);
        }

        public CancellationTokenSource Source { get; } = new();

        public TaskCompletionSource Reader { get; } = new();

        public WholeMessages<string> Messages { get; }

        public List<string> Written { get; } = [];

        public bool IsBroken { get; private set; }

        public WriteOptions? WriteOptions { get; set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsBroken = true;

        public Task WriteAsync(string message)
        {
            Written.Add(message);
            return Reader.Task;
        }

        public Task WriteAsync(string message, CancellationToken cancellationToken)
        {
            Assert.False(cancellationToken.CanBeCanceled);
            return WriteAsync(message);
        }

        public void Dispose() => Source.Dispose();
    }
}
