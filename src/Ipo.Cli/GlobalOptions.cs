using System.CommandLine;

namespace Ipo.Cli;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string?> Server = new("--server")
    {
        Description = "Address of the orchestrator's gRPC port. Else IPO_SERVER, else the AppHost that runs on this machine.",
        HelpName = "URL",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Write the result as JSON and nothing else on standard output.",
        Recursive = true,
    };

    public static readonly Option<TimeSpan?> Timeout = OptionValues.Time("--timeout",
        "Longest wait for one answer, for instance 90s or 1h. Else 30s, and 30m to register, evaluate and classify.");

    static GlobalOptions() => Timeout.Recursive = true;
}
