using System.Collections.Concurrent;

namespace Ipo.ClipScorer.Devices;

/// <summary>One thread that does pieces of work in order, for what may only ever be
/// touched by the thread that made it.</summary>
internal sealed class DedicatedThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    /// <param name="name">The thread's name, for debuggers.</param>
    public DedicatedThread(string name)
    {
        _thread = new(() => { foreach (var piece in _work.GetConsumingEnumerable()) piece(); }) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Does a piece of work and waits for it; what it throws is thrown here.</summary>
    public void Run(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception fault)
            {
                done.SetException(fault);
            }
        });
        done.Task.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }
}
