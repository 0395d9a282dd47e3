using System.Runtime.InteropServices;
using System.Text;
using Ipo.Cli;

// Windows would take the code page of its console, and lose what is not in it.
if (OperatingSystem.IsWindows()) Console.OutputEncoding = new UTF8Encoding(false);

// An AppHost gives its children a standard input that closes when the AppHost ends, however it ends.
var lifeline = Environment.GetEnvironmentVariable("IPO_STOP_WHEN_STDIN_CLOSES") == "1";
var stop = new CancellationTokenSource();

void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested; // The second Ctrl-C is not held back.
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
if (lifeline) Lifeline.Watch(Console.OpenStandardInput(), stop, Environment.Exit);

var terminal = Terminal.OfThisProcess(lifeline);
using var telemetry = Telemetry.Start(terminal.Environment);
return await IpoCommand.RunAsync(args, terminal, stop.Token);
