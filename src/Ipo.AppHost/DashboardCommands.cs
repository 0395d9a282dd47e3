using StackExchange.Redis;

namespace Ipo.AppHost;

/// <summary>What a person can ask of a resource in the dashboard, besides starting and stopping it.</summary>
internal static class DashboardCommands
{
    /// <summary>On the embedded Redis: drops everything in it. All of it can be made again, at the price of
    /// time.</summary>
    public static IResourceBuilder<ProjectResource> WithForgetCommand(
        this IResourceBuilder<ProjectResource> redis, ReferenceExpression address) => redis
        .WithCommand("forget", "Forget cached embeddings", context => ForgetAsync(address, context), new()
        {
            Description = "Empties the cache. Image embeddings, descriptions and answers are computed again when they are needed.",
            ConfirmationMessage =
                "Empty the cache? Images are encoded and described again when a run needs them; a multimodal model charges for that again.",
            IconName = "Broom",
            UpdateState = command => command.ResourceSnapshot.State?.Text == KnownResourceStates.Running
                ? ResourceCommandState.Enabled
                : ResourceCommandState.Disabled,
        });

    /// <summary>On the orchestrator: shows the report of the run that was completed last.</summary>
    public static IResourceBuilder<ProjectResource> WithReportCommand(this IResourceBuilder<ProjectResource> orchestrator) => orchestrator
        .WithHttpCommand(LatestReport, "Show the latest report", ServiceComposition.HttpEndpoint, "report", new()
        {
            Description = "The report of the run that completed last: its winner against the baseline.",
            Method = HttpMethod.Get,
            IconName = "DocumentBulletList",
            IsHighlighted = true,
            GetCommandResult = async context =>
            {
                var text = await context.Response.Content.ReadAsStringAsync(context.CancellationToken);
                return context.Response.IsSuccessStatusCode
                    ? CommandResults.Success("The latest report", text, CommandResultFormat.Markdown, displayImmediately: true)
                    : CommandResults.Failure(text);
            },
        })
        .WithUrl(ReferenceExpression.Create($"{orchestrator.GetEndpoint(ServiceComposition.HttpEndpoint)}{LatestReport}"), "Latest report");

    private const string LatestReport = "/reports/latest.md";

    private static async Task<ExecuteCommandResult> ForgetAsync(ReferenceExpression endpoint, ExecuteCommandContext context)
    {
        try
        {
            var address = await endpoint.GetValueAsync(context.CancellationToken);
            await using var connection = await ConnectionMultiplexer.ConnectAsync($"{address},allowAdmin=true");
            var keys = await connection.GetServers()[0].DatabaseSizeAsync();
            await connection.GetServers()[0].FlushDatabaseAsync();
            return CommandResults.Success(
                $"Deleted {keys} entries. Embeddings in the scorer's memory stay until it restarts.");
        }
        catch (RedisException fault)
        {
            return CommandResults.Failure($"The cache was not emptied: {fault.Message}");
        }
    }
}
