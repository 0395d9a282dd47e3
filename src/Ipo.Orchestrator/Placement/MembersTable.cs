using System.Globalization;
using System.Text.Json;
using Ipo.Orchestrator.Storage;

namespace Ipo.Orchestrator.Placement;

/// <summary>Which orchestrators there are, in the database that they share: who can work on a run can be found, and nothing else can
/// lose them. Orleans changes it one version after the other; a change that was made from an older version is refused.</summary>
internal sealed class MembersTable(Database database) : IMembershipTable
{
    public Task InitializeMembershipTable(bool tryInitTableVersion) => WriteAsync(writing =>
        writing.Execute("INSERT INTO cluster_version (cluster, version) VALUES (1, 0) ON CONFLICT DO NOTHING", new { }));

    public Task<MembershipTableData> ReadAll() => ReadAsync(null);

    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadAsync(key.ToParsableString());

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => ChangeAsync(
        entry, tableVersion, "NOT EXISTS (SELECT 1 FROM cluster_members WHERE silo = @Silo)", "",
        "INSERT INTO cluster_members (silo, status, alive_at, entry, etag) VALUES (@Silo, @Status, @AliveAt, @Entry, @Etag)");

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => ChangeAsync(
        entry, tableVersion, "EXISTS (SELECT 1 FROM cluster_members WHERE silo = @Silo AND etag = @Before)", etag,
        "UPDATE cluster_members SET status = @Status, alive_at = @AliveAt, entry = @Entry, etag = @Etag WHERE silo = @Silo");

    public Task UpdateIAmAlive(MembershipEntry entry) => WriteAsync(writing => writing.Execute(
        "UPDATE cluster_members SET alive_at = @AliveAt WHERE silo = @Silo",
        new { AliveAt = Text(entry.IAmAliveTime), Silo = entry.SiloAddress.ToParsableString() }));

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => WriteAsync(writing => writing.Execute(
        "DELETE FROM cluster_members WHERE status <> @Active AND alive_at < @Before",
        new { Active = (int)SiloStatus.Active, Before = Text(beforeDate.UtcDateTime) }));

    public Task DeleteMembershipTableEntries(string clusterId) =>
        WriteAsync(writing => writing.Execute("DELETE FROM cluster_members", new { }));

    // The one row of the version is held until the change is made, so that of two changes one finds another version.
    private async Task<bool> ChangeAsync(MembershipEntry entry, TableVersion version, string condition, string before, string statement)
    {
        var changed = false;
        await WriteAsync(writing =>
        {
            var row = new
            {
                Silo = entry.SiloAddress.ToParsableString(),
                Status = (int)entry.Status,
                AliveAt = Text(entry.IAmAliveTime > entry.StartTime ? entry.IAmAliveTime : entry.StartTime),
                Entry = JsonSerializer.Serialize(Member.Of(entry)),
                Etag = version.Version.ToString(CultureInfo.InvariantCulture),
                Before = before,
                Next = version.Version,
                Expected = int.Parse(version.VersionEtag, CultureInfo.InvariantCulture),
            };
            changed = writing.Execute($"UPDATE cluster_version SET version = @Next WHERE version = @Expected AND {condition}", row) > 0;
            if (changed) writing.Execute(statement, row);
        });
        return changed;
    }

    private Task<MembershipTableData> ReadAsync(string? silo) => Task.Run(() =>
    {
        // One statement sees one moment.
        var rows = database.Query<Row>(
            """
            SELECT version.version, member.etag, member.alive_at, member.entry FROM cluster_version version
            LEFT JOIN cluster_members member ON CAST(@silo AS TEXT) IS NULL OR member.silo = @silo
            """, new { silo });
        var version = rows.Count == 0 ? 0 : (int)rows[0].Version;
        return new MembershipTableData(
            [
                .. rows.Where(row => row.Entry is not null).Select(
                    row => Tuple.Create(JsonSerializer.Deserialize<Member>(row.Entry!)!.ToEntry(Time(row.AliveAt!)), row.Etag!)),
            ],
            new(version, version.ToString(CultureInfo.InvariantCulture)));
    });

    // Off Orleans' own threads: the database is asked synchronously.
    private Task WriteAsync(Action<Writing> work) => Task.Run(() => database.Write(work));

    private static string Text(DateTime utc) => utc.ToString("O", CultureInfo.InvariantCulture);

    private static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    private sealed record Row(long Version, string? Etag, string? AliveAt, string? Entry);

    private sealed record Suspicion(string By, DateTime At);

    // What Orleans keeps of one, but for when it said last that it is alive.
    private sealed record Member(
        string Silo, SiloStatus Status, string Name, string Host, string Role, int ProxyPort, DateTime StartedAt,
        IReadOnlyList<Suspicion> Suspicions)
    {
        public static Member Of(MembershipEntry entry) => new(
            entry.SiloAddress.ToParsableString(), entry.Status, entry.SiloName ?? "", entry.HostName ?? "", entry.RoleName ?? "",
            entry.ProxyPort, entry.StartTime,
            [.. (entry.SuspectTimes ?? []).Select(one => new Suspicion(one.Item1.ToParsableString(), one.Item2))]);

        public MembershipEntry ToEntry(DateTime aliveAt) => new()
        {
            SiloAddress = SiloAddress.FromParsableString(Silo),
            Status = Status,
            SiloName = Name,
            HostName = Host,
            RoleName = Role,
            ProxyPort = ProxyPort,
            StartTime = StartedAt,
            IAmAliveTime = aliveAt,
            SuspectTimes = [.. Suspicions.Select(one => Tuple.Create(SiloAddress.FromParsableString(one.By), one.At))],
        };
    }
}
