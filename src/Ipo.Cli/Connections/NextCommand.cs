using System.Text.RegularExpressions;
using Google.Rpc;
using Grpc.Core;

namespace Ipo.Cli.Connections;

/// <summary>What a person types after an error.</summary>
internal static partial class NextCommand
{
    private const string Again = "the same command again";
    private const string Key = "ipo keys create NAME --file keys.json, on the orchestrator's machine";
    private const string Help = ""; // that of the command itself

    // By the reasons of docs/errors.md.
    private static readonly Dictionary<string, string> ByReason = new(StringComparer.Ordinal)
    {
        ["ACCESS_UNAVAILABLE"] = Again,
        ["ALREADY_EXISTS"] = "ipo runs, ipo datasets or ipo operations; or another name",
        ["AUDIT_FAILED"] = Again,
        ["BUSY"] = Again,
        ["CHECKPOINT_CHANGED"] = "ipo model",
        ["CHECKPOINT_NOT_FOUND"] = "ipo model",
        ["DATABASE_DAMAGED"] = "ipo journal check",
        ["DATABASE_UNAVAILABLE"] = Again,
        ["DATASET_NOT_FOUND"] = "ipo datasets",
        ["FAILED_PRECONDITION"] = "ipo runs",
        ["FOREIGN_ORIGIN"] = "ipo model --server URL, with the gRPC port's address",
        ["IMAGE_NOT_FOUND"] = "ipo datasets",
        ["INTERNAL_ERROR"] = Again,
        ["INVALID_CONTENT"] = "ipo datasets",
        ["INVALID_FIELD"] = Help,
        ["INVALID_MESSAGE"] = "ipo version",
        ["JOURNAL_DAMAGED"] = "ipo journal check",
        ["LIMIT_REACHED"] = "ipo datasets delete NAME or ipo runs delete RUN",
        ["OPERATION_NOT_FOUND"] = "ipo operations",
        ["QUOTA_REACHED"] = "ipo runs --state running",
        ["ROLE_LACKING"] = Key,
        ["RUN_NOT_FOUND"] = "ipo runs",
        ["SERVICE_FAILED"] = "ipo model",
        ["SERVICE_UNAVAILABLE"] = "ipo model",
        ["SHUTTING_DOWN"] = Again,
        ["TENANT_MISSING"] = Key,
        ["TEST_IMAGES_SEALED"] = "ipo runs",
        ["TOKEN_CHANGED"] = Again,
        ["TOKEN_EXPIRED"] = Key,
        ["TOKEN_INVALID"] = Key,
        ["TOKEN_IN_QUERY"] = "the same command with --token-file FILE",
        ["TOKEN_MISSING"] = "the same command with --token-file FILE; or " + Key,
        ["TOKEN_REVOKED"] = Key,
        ["TOO_MANY_REQUESTS"] = Again,
        ["UPLOAD_NOT_FOUND"] = "ipo datasets register PATH",
        ["WRITE_CONFLICT"] = Again,
    };

    /// <summary>The reasons that have one of their own.</summary>
    public static IReadOnlyCollection<string> Reasons => ByReason.Keys;

    /// <summary>What to type; null where the message says it.</summary>
    /// <param name="message">What the person is told.</param>
    /// <param name="fault">What it came from.</param>
    /// <param name="command">The command that failed, for instance "ipo runs show".</param>
    public static string? After(string message, Exception fault, string command)
    {
        if (Command().IsMatch(message)) return null;
        var reason = (fault as RpcException)?.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason;
        return reason is not null && ByReason.TryGetValue(reason, out var next) && next != Help ? next : $"{command} --help";
    }

    [GeneratedRegex("\\b(ipo|dotnet) [a-z]")]
    private static partial Regex Command();
}
