using System.CommandLine;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.V1;

namespace Ipo.Cli.Sessions;

/// <summary>One invocation of a command: what was parsed, where it runs, and the connection it opens when it needs
/// one.</summary>
internal sealed class Session(ParseResult parsed, Terminal terminal, CancellationToken cancellation) : IDisposable
{
    // Proto JSON as the orchestrator's HTTP side writes it; zeros are written too, so that a reader need not know
    // which fields could be missing.
    private static readonly JsonFormatter OneLine = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));
    private static readonly JsonFormatter Indented = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithIndentation());

    private ServerAddress? _server;
    private GrpcChannel? _channel;
    private IpoClient? _client;

    public ParseResult Parsed => parsed;

    public Terminal Terminal => terminal;

    public CancellationToken Cancellation => cancellation;

    /// <summary>Whether the result is wanted as JSON and nothing else may stand on standard output.</summary>
    public bool Json => parsed.GetValue(GlobalOptions.Json);

    /// <summary>Where the orchestrator is; found at the first use.</summary>
    public ServerAddress Server => _server ??= ServerAddress.Find(parsed.GetValue(GlobalOptions.Server), terminal.Environment);

    /// <summary>The orchestrator's services; connected at the first use.</summary>
    public IpoClient Client => _client ??= new(Calls(cancellation));

    /// <summary>The same services for a last call after Ctrl-C, which has ended every other.</summary>
    public IpoClient LastClient => new(Calls(CancellationToken.None));

    /// <summary>Whether a fault is Ctrl-C's doing: whatever a call says once it was asked to stop is no news.</summary>
    public bool WasInterrupted(Exception fault) =>
        cancellation.IsCancellationRequested && fault is OperationCanceledException or RpcException;

    /// <summary>Drops the connection and looks for the orchestrator again: an AppHost that was restarted has other
    /// ports.</summary>
    public void Reconnect()
    {
        Dispose();
        (_server, _channel, _client) = (null, null, null);
    }

    /// <summary>The command line that does something with this session's server, for instance <c>ipo watch RUN --server
    /// …</c>.</summary>
    public string CommandLine(string command) =>
        parsed.GetValue(GlobalOptions.Server) is { Length: > 0 } option ? $"ipo {command} --server {option}" : $"ipo {command}";

    /// <summary>Asks whether something that cannot be undone is meant.</summary>
    /// <param name="what">What would be done, for instance "Deleting a run".</param>
    /// <param name="question">The question, up to its question mark and what follows it.</param>
    /// <exception cref="CommandFailure">There is nobody to ask.</exception>
    public bool Confirms(string what, string question)
    {
        if (!terminal.CanAnswer)
            throw new CommandFailure(
                $"{what} cannot be undone, and there is no terminal to confirm on; use --yes.", ExitCode.Usage);
        terminal.Error.Write(Terminal.Plain($"{question} [y/N] "));
        terminal.Error.Flush();
        return terminal.In.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    /// <summary>Writes the one JSON document of a command.</summary>
    public void WriteJson(IMessage message) => terminal.Out.WriteLine(FormatJson(message));

    /// <summary>Writes one line of a command that gives JSON lines.</summary>
    public void WriteJsonLine(IMessage message)
    {
        terminal.Out.WriteLine(OneLine.Format(message));
        terminal.Out.Flush(); // A reader at the other end of a pipe waits for the line.
    }

    public static string FormatJson(IMessage message) => Indented.Format(message);

    public void Dispose() => _channel?.Dispose();

    private CallInvoker Calls(CancellationToken stop)
    {
        var calls = (_channel ??= Connect()).Intercept(new Deadlines(parsed.GetValue(GlobalOptions.Timeout), terminal.Time, stop));
        if (Token.Find(parsed.GetValue(GlobalOptions.TokenFile), terminal.Environment) is not { } token) return calls;
        if (!parsed.GetValue(GlobalOptions.Insecure)) Token.RefuseInTheClear(Server.Uri);
        return calls.Intercept(new SignedCalls(() => token));
    }

    private GrpcChannel Connect() => GrpcChannel.ForAddress(Server.Uri, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            // A stream is silent while a slow step runs: pings tell a slow step from a machine that is gone.
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            SslOptions = ServerTrust.Options(parsed.GetValue(GlobalOptions.Authority), terminal.Environment),
            UseProxy = Server.Uri.Scheme == "https", // no proxy speaks HTTP/2 without TLS, least of all to this machine
        },
        DisposeHttpClient = true,
        MaxReceiveMessageSize = 64 * 1024 * 1024, // A report or a list of runs may pass the default of 4 MB.
    });
}
