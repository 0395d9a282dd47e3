using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Xunit;

namespace Ipo.Tests.Fakes;

/// <summary>A real PostgreSQL server on a free port, with databases of its own for each test, that can be stopped in every way and
/// started again; the calling test is skipped where there is none.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    // Debian keeps its programs out of PATH. The server refuses root, so root starts it as the user that its package made.
    private static readonly string? Programs =
        Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Order().Select(version => $"{version}/bin").LastOrDefault() : null;

    private static readonly string[] AsItsUser = Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--"] : [];

    private readonly string _folder = Directory.CreateTempSubdirectory("ipo-postgres-").FullName;
    private int _databases;

    /// <summary>The address at which it listens.</summary>
    public string Host { get; init; } = "127.0.0.1";

    public int Port { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (Programs is null) return;
        if (AsItsUser.Length > 0) await RunAsync("chown", "postgres", _folder);
        await ProgramAsync("initdb", "--pgdata", $"{_folder}/data", "--auth", "trust", "--username", "ipo", "--no-sync", "--data-checksums");
        await File.AppendAllTextAsync($"{_folder}/data/pg_hba.conf", "host all all 10.0.0.0/8 trust\n");
        Port = FreePort();
        await StartAsync();
    }

    /// <summary>Starts a server that follows this one.</summary>
    public async Task<PostgresServer> StandbyAsync()
    {
        var standby = new PostgresServer { Port = FreePort() };
        if (AsItsUser.Length > 0) await RunAsync("chown", "postgres", standby._folder);
        await ProgramAsync(
            "pg_basebackup", "--host", "127.0.0.1", "--port", $"{Port}", "--username", "ipo", "--pgdata", $"{standby._folder}/data", "--write-recovery-conf",
            "--checkpoint", "fast", "--no-sync");
        await standby.StartAsync();
        return standby;
    }

    /// <summary>Makes it the one that is written to.</summary>
    public Task PromoteAsync() => ProgramAsync("pg_ctl", "--pgdata", $"{_folder}/data", "--wait", "promote");

    public Task StartAsync() => ProgramAsync(
        "pg_ctl", "--pgdata", $"{_folder}/data", "--wait", "--log", $"{_folder}/log",
        "--options", $"-p {Port} -c listen_addresses={Host} -c unix_socket_directories='' -c max_connections=200", "start");

    /// <summary>Stops it.</summary>
    /// <param name="how">"fast", as an operator does, or "immediate", as a power cut does.</param>
    public Task StopAsync(string how) => ProgramAsync("pg_ctl", "--pgdata", $"{_folder}/data", "--wait", "--mode", how, "stop");

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public string CreateDatabase()
    {
        if (Programs is null) Assert.Skip("PostgreSQL is not installed; install it to run this test.");
        var name = $"test{Interlocked.Increment(ref _databases)}";
        using var source = NpgsqlDataSource.Create(ConnectionString("postgres"));
        source.CreateCommand($"CREATE DATABASE {name}").ExecuteNonQuery();
        return ConnectionString(name);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (File.Exists($"{_folder}/data/postmaster.pid")) await StopAsync("immediate");
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private string ConnectionString(string database) => $"Host={Host};Port={Port};Username=ipo;Database={database};Maximum Pool Size=20";

    private static Task ProgramAsync(string program, params string[] arguments) => RunAsync([.. AsItsUser, $"{Programs}/{program}", .. arguments]);

    private static async Task RunAsync(params string[] command)
    {
        // Its output goes to the log: a server that it starts would keep a pipe open.
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)} ended with {process.ExitCode}.");
    }
}

/// <summary>Tests that share one server.</summary>
[CollectionDefinition(Name)]
public sealed class WithPostgres : ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
}
