using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Ipo.ServiceDefaults;

/// <summary>How a service ends that a local host started: when it is told to (SIGTERM), or with the host (<see cref="ParentWatch"/>). Ctrl-C
/// and a closed terminal go to every process there at once; the host alone answers them and stops its services one after the other,
/// those that call before those that are called, so that answers that are paid for still come home.</summary>
internal sealed class ChildLifetime(IHostApplicationLifetime lifetime) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop));
        foreach (var others in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGHUP]) _signals.Add(PosixSignalRegistration.Create(others, Pass));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _signals.ForEach(signal => signal.Dispose());

    private static void Pass(PosixSignalContext signal) => signal.Cancel = true;

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true; // the process ends when the host has stopped, not before
        lifetime.StopApplication();
    }
}
