using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Ipo.ServiceDefaults;

/// <summary>How a service's log reads on a terminal: <c>08:21:25.234 info Ipo.ClipScorer: text</c>, a fault's stack on
/// the lines after it. Logging:Console:FormatterName=json gives JSON lines for a log collector instead, with
/// the time (UTC) and the trace.</summary>
internal sealed class LogLine() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "ipo";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var level = logEntry.LogLevel switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "WARN",
            LogLevel.Error => "ERROR",
            _ => "FATAL",
        };
        textWriter.WriteLine(
            $"{DateTime.Now:HH:mm:ss.fff} {level} {logEntry.Category}: {logEntry.Formatter(logEntry.State, logEntry.Exception)}");
        if (logEntry.Exception is { } fault) textWriter.WriteLine(fault);
    }
}
