using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Ipo.Orchestrator.Operations;
using Ipo.Orchestrator.Storage;
using Xunit;

namespace Ipo.Tests.Orchestrator.Operations;

public sealed class OperationStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ipo-operations-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Pages_are_cut_in_the_database_newest_first_and_equal_times_by_id()
    {
        using var database = new SqliteDatabase(Path.Combine(_folder.FullName, "pages.db"));
        var store = new OperationStore(database);
        var began = DateTimeOffset.UnixEpoch;
        for (var number = 0; number < 25; number++)
        {
            var at = (began + TimeSpan.FromSeconds(number / 3)).ToTimestamp();
            store.Save(new()
            {
                OperationId = $"n-{number:D2}",
                State = number % 2 == 0 ? V1.OperationState.Succeeded : V1.OperationState.Failed,
                CreatedAt = at,
                UpdatedAt = at,
            });
        }
        var expected = Enumerable.Range(0, 25).OrderByDescending(number => number / 3).ThenBy(number => number).Select(number => $"n-{number:D2}").ToList();
        Assert.Equal(expected, Pages([V1.OperationState.Succeeded, V1.OperationState.Failed], 4));
        Assert.Equal(expected.Where(id => int.Parse(id[2..], CultureInfo.InvariantCulture) % 2 == 1), Pages([V1.OperationState.Failed], 5));

        List<string> Pages(V1.OperationState[] states, int size)
        {
            var (ids, token) = (new List<string>(), "");
            do
            {
                var page = store.List(states, [], withWorking: true, withInterrupted: true, size, token);
                Assert.InRange(page.Entries.Count, 1, size);
                ids.AddRange(page.Entries.Select(operation => operation.OperationId));
                token = page.NextToken;
            }
            while (token.Length > 0);
            return ids;
        }
    }
}
