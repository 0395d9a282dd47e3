using System.CommandLine;
using Google.Rpc;
using Grpc.Core;
using Ipo.Optimization.Settings;

namespace Ipo.Cli.Connections;

/// <summary>What a person typed for a field of a request, so that an error speaks of that.</summary>
internal static class OptionNames
{
    private static readonly Dictionary<string, string> ByField = new(
        RunSettings.Table.Select(setting => KeyValuePair.Create($"settings.{setting.Field}", setting.Option)))
    {
        ["settings.dataset"] = "PATH|DATASET",
        ["settings.preset"] = "--preset",
        ["settings.classes"] = "--classes",
        ["settings.proposers"] = "--proposer",
        ["settings.budget.calls"] = "--max-calls",
        ["settings.budget.tokens"] = "--max-tokens",
        ["settings.budget.cost_micro_usd"] = "--max-cost",
        ["settings.budget.duration"] = "--max-time",
        ["run_id"] = "--run-id",
        ["branch_from.run_id"] = "--branch-from",
        ["branch_from.step"] = "--branch-step",
        ["display_name"] = "--display-name",
        ["operation_id"] = "--operation-id",
        ["step"] = "--step",
        ["name"] = "--name",
        ["hand_written_template"] = "--template",
        ["shots"] = "--shots",
        ["split"] = "--split",
        ["classes"] = "--classes",
        ["top_k"] = "--top",
        ["prompts"] = "--use",
    };

    /// <summary>The error in the words of the command line; null where it is about no option or argument of it.</summary>
    public static string? Explain(RpcException fault, ParseResult parsed)
    {
        if (fault.StatusCode is not StatusCode.InvalidArgument) return null;
        var violation = fault.GetRpcStatus()?.GetDetail<BadRequest>()?.FieldViolations.FirstOrDefault();
        if (violation is null || !ByField.TryGetValue(violation.Field, out var name)) return null;
        var command = parsed.CommandResult.Command;
        if (!command.Options.Any(option => option.Name == name) && !command.Arguments.Any(argument => argument.Name == name)) return null;
        var detail = fault.Status.Detail;
        return detail.StartsWith(violation.Field, StringComparison.Ordinal) ? name + detail[violation.Field.Length..] : $"{name}: {detail}";
    }
}
