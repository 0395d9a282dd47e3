using Ipo.Tests.Fakes;
using Ipo.V1;
using Npgsql;
using Xunit;

namespace Ipo.IntegrationTests.Faults;

/// <summary>The journal in a PostgreSQL that dies, comes back, and is replaced by its standby.</summary>
[Collection(nameof(Faults))]
public sealed class PostgresTests(Undisturbed undisturbed, ITestOutputHelper output)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_survives_its_database_and_the_change_to_a_synchronous_standby()
    {
        await using var primary = new PostgresServer();
        await primary.InitializeAsync();
        var database = primary.CreateDatabase();
        await using var standby = await primary.StandbyAsync();
        Execute(database, "ALTER SYSTEM SET synchronous_standby_names = '*'");
        Execute(database, "SELECT pg_reload_conf()");
        await using var system = await StartAsync(database, standby);

        await StepsAsync(system, 1);
        await primary.StopAsync("immediate");
        await BlockedAsync(system);
        await primary.StartAsync();
        await StepsAsync(system, 3);
        var before = (await system.EventsAsync("run", Cancellation)).Count;
        await primary.StopAsync("immediate");
        await standby.PromoteAsync();
        Execute(Of(database, standby), "ALTER SYSTEM SET synchronous_standby_names = ''"); // it has no standby of its own
        Execute(Of(database, standby), "SELECT pg_reload_conf()");
        await undisturbed.DemandSameAsync(system, "run", Cancellation);
        var after = await system.EventsAsync("run", Cancellation);
        output.WriteLine($"synchronous standby: {before} events before, none lost; {after.Count} at the end; {system.Model.Requests} answers bought for {system.Model.Questions} questions");
        Assert.DoesNotContain("went back", system.Orchestrator.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_standby_that_had_fallen_behind_loses_the_end_and_the_report_says_so()
    {
        await using var primary = new PostgresServer();
        await primary.InitializeAsync();
        var database = primary.CreateDatabase();
        await using var standby = await primary.StandbyAsync();
        await using var system = await StartAsync(database, standby);
        await StepsAsync(system, 1);
        await standby.StopAsync("fast");
        await StepsAsync(system, 3);
        var before = (await system.EventsAsync("run", Cancellation)).Count;
        await primary.StopAsync("immediate");
        await standby.StartAsync();
        await standby.PromoteAsync();
        await undisturbed.DemandSameAsync(system, "run", Cancellation);
        var report = await system.IpoAsync(Cancellation, "report", "run");
        var caveat = report.Output.Split('\n').SingleOrDefault(line => line.Contains("went back", StringComparison.Ordinal));
        output.WriteLine($"standby behind: {before} events before; {caveat}; {system.Model.Requests} answers bought for {system.Model.Questions} questions");
        Assert.NotNull(caveat);
    }

    [Fact]
    public async Task An_orchestrator_without_its_database_stops_in_seconds_and_buys_nothing_twice()
    {
        await using var postgres = new PostgresServer();
        await postgres.InitializeAsync();
        await using var system = await FaultSystem.StartAsync(Cancellation, ("ConnectionStrings__postgres", postgres.CreateDatabase()));
        system.Model.Latency = TimeSpan.FromSeconds(2);
        await system.CreateRunAsync("run", Undisturbed.Settings, Cancellation);
        await StepsAsync(system, 1);
        while (system.Model.UnderWay == 0) await Task.Delay(50, Cancellation);
        await postgres.StopAsync("immediate");
        var took = await system.Orchestrator.TerminateAsync(Cancellation);
        output.WriteLine($"SIGTERM without PostgreSQL while a model thinks for {system.Model.Latency.TotalSeconds:0} s: ended after {took.TotalSeconds:0.0} s with {system.Orchestrator.LastExitCode}");
        await postgres.StartAsync();
        await system.Orchestrator.StartAsync(Cancellation);
        await undisturbed.DemandSameAsync(system, "run", Cancellation);
        output.WriteLine($"  {system.Model.Requests} answers bought for {system.Model.Questions} questions");
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(60)); // a step of Orleans' end that waits for a database takes a minute alone
    }

    private static async Task<FaultSystem> StartAsync(string database, PostgresServer standby)
    {
        var both = new NpgsqlConnectionStringBuilder(database);
        both.Host = $"127.0.0.1:{both.Port},127.0.0.1:{standby.Port}";
        both.Remove("Port");
        var system = await FaultSystem.StartAsync(Cancellation, ("ConnectionStrings__postgres", $"{both.ConnectionString};Target Session Attributes=primary"));
        system.Model.Latency = TimeSpan.FromSeconds(1);
        await system.CreateRunAsync("run", Undisturbed.Settings, Cancellation);
        return system;
    }

    private static Task<Run> StepsAsync(FaultSystem system, int steps) => system.UntilAsync("run", run => run.StepsCompleted >= steps, Cancellation);

    // Nothing can be read of it: the health says it.
    private async Task BlockedAsync(FaultSystem system)
    {
        using var http = new HttpClient();
        while (true)
        {
            using var health = await http.GetAsync(new Uri($"http://127.0.0.1:{system.Orchestrator.Http}/health/ready"), Cancellation);
            var words = await health.Content.ReadAsStringAsync(Cancellation);
            if (!health.IsSuccessStatusCode)
            {
                output.WriteLine($"database away: /health/ready {(int)health.StatusCode} {words.ReplaceLineEndings(" ")}");
                return;
            }
            await Task.Delay(100, Cancellation);
        }
    }

    private static string Of(string database, PostgresServer server) => new NpgsqlConnectionStringBuilder(database) { Port = server.Port }.ConnectionString;

    private static void Execute(string database, string statement)
    {
        using var source = NpgsqlDataSource.Create(database);
        source.CreateCommand(statement).ExecuteNonQuery();
    }
}
