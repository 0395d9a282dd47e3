using System.Runtime.InteropServices;
using System.Text;
using Ipo.Cli;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Sessions;

// Windows would take the code page of its console, and lose what is not in it.
if (OperatingSystem.IsWindows()) Console.OutputEncoding = new UTF8Encoding(false);

var stop = new CancellationTokenSource();

void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested; // The second Ctrl-C is not held back.
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

Terminal terminal;
try { terminal = Terminal.OfThisProcess(); }
catch (ArgumentException wrong)
{
    Console.Error.WriteLine($"ipo: {wrong.Message}");
    return ExitCode.Usage;
}
using var telemetry = Telemetry.Start(terminal.Environment);
return await IpoCommand.RunAsync(args, terminal, stop.Token);
