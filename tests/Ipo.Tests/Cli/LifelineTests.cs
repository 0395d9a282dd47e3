using System.IO.Pipes;
using Ipo.Cli;
using Xunit;

namespace Ipo.Tests.Cli;

public class LifelineTests
{
    [Fact]
    public async Task The_command_is_stopped_and_then_the_process_when_the_input_ends()
    {
        await using var writer = new AnonymousPipeServerStream(PipeDirection.Out);
        await using var reader = new AnonymousPipeClientStream(PipeDirection.In, writer.ClientSafePipeHandle);
        using var stop = new CancellationTokenSource();
        var exited = new TaskCompletionSource<int>();
        Lifeline.Watch(reader, stop, exited.SetResult);
        writer.WriteByte(1);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(stop.IsCancellationRequested);
        await writer.DisposeAsync();
        Assert.Equal(ExitCode.Interrupted, await exited.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.True(stop.IsCancellationRequested);
    }
}
