using System.Runtime.InteropServices;

namespace Ipo.LocalHosting.Running;

/// <summary>Ctrl-C, a termination signal or a closed terminal ask for a stop; a second one asks not to wait for it.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stopping;
    private readonly CancellationTokenSource _killing = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals(CancellationToken cancellation)
    {
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        PosixSignal[] signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];
        _registrations = [.. signals.Select(signal => PosixSignalRegistration.Create(signal, Handle))];
    }

    public CancellationToken Stopping => _stopping.Token;

    public CancellationToken Killing => _killing.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stopping.Dispose();
        _killing.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true; // the process ends when the resources have, not before
        if (_stopping.IsCancellationRequested) _killing.Cancel();
        else _stopping.Cancel();
    }
}
