using System.CommandLine;

namespace Ipo.Cli.Sessions;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string?> Server = new("--server")
    {
        Description = "Address of the orchestrator's gRPC port. Default: IPO_SERVER, then the AppHost on this machine.",
        HelpName = "URL",
        Recursive = true,
    };

    public static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = "File with the API key or token to call with. Default: IPO_TOKEN.",
        HelpName = "FILE",
        Recursive = true,
    };

    public static readonly Option<string?> Authority = new("--authority")
    {
        Description = "PEM file with the authorities of the server's certificate. Default: IPO_TLS_AUTHORITY, then the system's.",
        HelpName = "FILE",
        Recursive = true,
    };

    public static readonly Option<bool> Insecure = new("--insecure")
    {
        Description = "Send the key over http too, where anybody on the way can read it.",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Write only JSON to standard output.",
        Recursive = true,
    };

    public static readonly Option<TimeSpan?> Timeout = OptionValues.Time("--timeout",
        "Longest wait for one answer, for instance 90s or 1h. Default: 30s, 30m to classify, and none to register, evaluate and compare.");

    static GlobalOptions() => Timeout.Recursive = true;
}
