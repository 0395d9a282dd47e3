using Grpc.Core;

namespace Ipo.Orchestrator.Access;

/// <summary>Sends each message whole. A write that is cancelled breaks the stream in the middle of a message, and its reader
/// would never hear why the call was ended.</summary>
/// <typeparam name="TMessage">A message of the stream.</typeparam>
internal sealed class WholeMessages<TMessage>(IServerStreamWriter<TMessage> writer, ServerCallContext context)
    : IServerStreamWriter<TMessage>
{
    // A reader takes a message in far less; one that reads nothing any more holds its call open no longer than this.
    private static readonly TimeSpan ToFinish = TimeSpan.FromSeconds(2);

    public WriteOptions? WriteOptions
    {
        get => writer.WriteOptions;
        set => writer.WriteOptions = value;
    }

    public Task WriteAsync(TMessage message) => WriteAsync(message, context.CancellationToken);

    public async Task WriteAsync(TMessage message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var writing = writer.WriteAsync(message, CancellationToken.None);
        try { await writing.WaitAsync(cancellationToken); }
        catch (OperationCanceledException) when (!writing.IsCompleted)
        {
            if (await Task.WhenAny(writing, Task.Delay(ToFinish, CancellationToken.None)) != writing) context.GetHttpContext().Abort();
            throw;
        }
    }
}
