using System.Net;
using Ipo.Orchestrator.Placement;
using Ipo.Orchestrator.Storage;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Placement;

/// <summary>What Orleans asks of a membership table, on a real PostgreSQL.</summary>
[Collection(WithPostgres.Name)]
public sealed class MembersTableTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly DateTime Now = new(2026, 11, 30, 12, 0, 0, DateTimeKind.Utc);

    private readonly PostgresDatabase _database = new(server.CreateDatabase());
    private MembersTable _table = null!;

    public async ValueTask InitializeAsync()
    {
        _table = new(_database);
        await _table.InitializeMembershipTable(true);
        await _table.InitializeMembershipTable(true);
    }

    public ValueTask DisposeAsync()
    {
        _database.Dispose();
        return default;
    }

    [Fact]
    public async Task What_is_written_is_read_with_the_version_that_it_made()
    {
        var empty = await _table.ReadAll();
        Assert.Equal((0, 0), (empty.Members.Count, empty.Version.Version));
        var first = Member(1);
        first.SuspectTimes = [Tuple.Create(Member(2).SiloAddress, Now)];
        Assert.True(await _table.InsertRow(first, empty.Version.Next()));
        Assert.True(await _table.InsertRow(Member(2), (await _table.ReadAll()).Version.Next()));

        var one = await _table.ReadRow(first.SiloAddress);
        Assert.Equal(2, one.Version.Version);
        var read = Assert.Single(one.Members).Item1;
        Assert.Equal(
            (first.SiloAddress, first.Status, first.SiloName, first.HostName, first.StartTime, first.IAmAliveTime),
            (read.SiloAddress, read.Status, read.SiloName, read.HostName, read.StartTime, read.IAmAliveTime));
        Assert.Equal(first.SuspectTimes, read.SuspectTimes);
        Assert.Empty((await _table.ReadRow(Member(9).SiloAddress)).Members);
        Assert.Equal(2, (await _table.ReadAll()).Members.Count);
    }

    [Fact]
    public async Task A_change_from_an_older_version_or_of_another_row_is_refused_and_changes_nothing()
    {
        var stale = (await _table.ReadAll()).Version.Next();
        Assert.True(await _table.InsertRow(Member(1), stale));
        Assert.False(await _table.InsertRow(Member(2), stale));
        var now = await _table.ReadAll();
        Assert.False(await _table.InsertRow(Member(1), now.Version.Next()));
        var etag = Assert.Single(now.Members).Item2;
        Assert.False(await _table.UpdateRow(Member(1, SiloStatus.Dead), etag + "0", now.Version.Next()));
        Assert.False(await _table.UpdateRow(Member(2, SiloStatus.Dead), etag, now.Version.Next()));
        Assert.Equal(1, (await _table.ReadAll()).Version.Version);
        Assert.True(await _table.UpdateRow(Member(1, SiloStatus.Dead), etag, now.Version.Next()));
        Assert.False(await _table.UpdateRow(Member(1), etag, (await _table.ReadAll()).Version.Next()));
        var after = await _table.ReadAll();
        Assert.Equal((2, SiloStatus.Dead), (after.Version.Version, Assert.Single(after.Members).Item1.Status));
    }

    [Fact]
    public async Task Of_many_changes_at_once_from_one_version_one_is_made()
    {
        var version = (await _table.ReadAll()).Version.Next();
        var made = await Task.WhenAll(Enumerable.Range(1, 16).Select(number => _table.InsertRow(Member(number), version)));
        Assert.Single(made, one => one);
        Assert.Single((await _table.ReadAll()).Members);
    }

    [Fact]
    public async Task The_dead_are_forgotten_in_time_and_the_living_never()
    {
        foreach (var (number, status) in new[] { (1, SiloStatus.Active), (2, SiloStatus.Dead), (3, SiloStatus.Dead) })
            Assert.True(await _table.InsertRow(Member(number, status), (await _table.ReadAll()).Version.Next()));
        var alive = Member(3);
        alive.IAmAliveTime = Now.AddHours(2);
        await _table.UpdateIAmAlive(alive);
        var version = (await _table.ReadAll()).Version.Version;
        await _table.CleanupDefunctSiloEntries(Now.AddHours(1));
        var left = await _table.ReadAll();
        Assert.Equal(version, left.Version.Version);
        Assert.Equal([1, 3], left.Members.Select(one => one.Item1.SiloAddress.Endpoint.Port).Order());
        Assert.Equal(Now.AddHours(2), left.TryGet(alive.SiloAddress)!.Item1.IAmAliveTime);
        await _table.DeleteMembershipTableEntries("ipo");
        Assert.Empty((await _table.ReadAll()).Members);
    }

    private static MembershipEntry Member(int port, SiloStatus status = SiloStatus.Active) => new()
    {
        SiloAddress = SiloAddress.New(new(IPAddress.Loopback, port), 7),
        Status = status,
        SiloName = $"silo-{port}",
        HostName = "here",
        StartTime = Now.AddMinutes(-1),
        IAmAliveTime = Now,
        SuspectTimes = [],
    };
}
