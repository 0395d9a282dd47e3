using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Ipo.Cli.Connections;
using Xunit;

namespace Ipo.Tests.Cli.Connections;

public sealed partial class NextCommandTests : CommandTest
{
    [Fact]
    public void Every_reason_that_the_services_answer_has_one()
    {
        var page = File.ReadAllText(Path.Combine(Shared.Repository, "docs", "errors.md"));
        var reasons = Reason().Matches(page).Select(match => match.Groups[1].Value).ToList();
        Assert.True(reasons.Count > 30, $"only {reasons.Count} reasons were found");
        Assert.Equal(reasons.Order(StringComparer.Ordinal), NextCommand.Reasons.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_error_of_the_orchestrator_is_followed_by_what_to_type()
    {
        Orchestrator.Faults["GetRun"] = Refusal("DATASET_NOT_FOUND", "There is no dataset 'gone'.");
        Assert.Equal("ipo: There is no dataset 'gone'.\nNext: ipo datasets\n", await ErrorAsync("runs", "show", "r1"));
    }

    [Fact]
    public async Task An_error_that_says_it_is_not_followed_by_another()
    {
        Orchestrator.Faults["GetRun"] = Refusal("DATASET_NOT_FOUND", "There is no dataset 'gone'; register it with 'ipo datasets register PATH'.");
        Assert.Equal("ipo: There is no dataset 'gone'; register it with 'ipo datasets register PATH'.\n", await ErrorAsync("runs", "show", "r1"));
    }

    [Fact]
    public async Task An_error_without_a_reason_leads_to_the_commands_help() =>
        Assert.Equal($"ipo: There is no file {Path.GetFullPath("gone.ipo")}.\nNext: ipo runs restore --help\n", await ErrorAsync("runs", "restore", "gone.ipo"));

    private async Task<string> ErrorAsync(params string[] args)
    {
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync(args));
        return line.Error;
    }

    private static RpcException Refusal(string reason, string message) => new Google.Rpc.Status
    {
        Code = (int)Code.FailedPrecondition,
        Message = message,
        Details = { Any.Pack(new ErrorInfo { Domain = "ipo", Reason = reason }) },
    }.ToRpcException();

    [GeneratedRegex("^\\| `([A-Z_]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Reason();
}
