using System.Security.Cryptography;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Storage;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Ipo.Tests.Orchestrator.Datasets;

public sealed class ImageInspectionTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly byte[] First = TinyDataset.Image("first"), Other = TinyDataset.Image("other"), Longer = TinyDataset.Image("of more than sixteen bytes");

    private readonly TempFolder _folder = new();
    private readonly Database _database;
    private readonly ImageInspection _inspection;

    public ImageInspectionTests()
    {
        _database = new SqliteDatabase(Path.Combine(_folder, "ipo.db"));
        _inspection = new(new FileDigests(_database), Options.Create(new OrchestratorOptions()), new FakeTimeProvider(Now));
    }

    [Fact]
    public async Task A_file_whose_size_and_time_stand_is_not_read_again()
    {
        Assert.Equal(Sha256(First), await DigestOfAsync(First, TimeSpan.FromHours(1)));
        Assert.Equal(Sha256(First), await DigestOfAsync(Other, TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task A_file_of_another_time_is_read_again_and_kept_with_that_time()
    {
        await DigestOfAsync(First, TimeSpan.FromHours(1));
        Assert.Equal(Sha256(Other), await DigestOfAsync(Other, TimeSpan.FromHours(2)));
        Assert.Equal(Sha256(Other), await DigestOfAsync(First, TimeSpan.FromHours(2)));
    }

    [Fact]
    public async Task A_file_of_another_size_is_read_again()
    {
        await DigestOfAsync(First, TimeSpan.FromHours(1));
        Assert.Equal(Sha256(Longer), await DigestOfAsync(Longer, TimeSpan.FromHours(1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_file_that_was_written_to_a_moment_ago_is_read_again(int secondsOld)
    {
        await DigestOfAsync(First, TimeSpan.FromSeconds(secondsOld));
        Assert.Equal(Sha256(Other), await DigestOfAsync(Other, TimeSpan.FromSeconds(secondsOld)));
    }

    [Fact]
    public async Task Another_file_of_the_same_size_and_time_has_its_own_digest()
    {
        await DigestOfAsync(First, TimeSpan.FromHours(1));
        Assert.Equal(Sha256(Other), await DigestOfAsync(Other, TimeSpan.FromHours(1), "data/another.png"));
    }

    [Fact]
    public async Task What_an_inspection_that_was_ended_has_read_is_not_read_again()
    {
        string[] names = [.. Enumerable.Range(0, 500).Select(number => $"{number}.png")];
        foreach (var name in names) File.SetLastWriteTimeUtc(_folder.Write($"data/{name}", TinyDataset.Image(name)), (Now - TimeSpan.FromHours(1)).UtcDateTime);
        using var stop = new CancellationTokenSource();
        var progress = new RegistrationProgress();
        var folder = Path.Combine(_folder, "data");
        var inspecting = Task.Run(() => _inspection.InspectAsync(folder, folder, names, progress, stop.Token), TestContext.Current.CancellationToken);
        while (progress.FilesDone == 0 && !inspecting.IsCompleted) await Task.Yield();
        await stop.CancelAsync();
        // It may also have been faster than the word to stop.
        try { await inspecting; }
        catch (OperationCanceledException) { }
        var kept = new FileDigests(_database).Between(folder + "/", folder + "0").Count;
        Assert.InRange(kept, 1, names.Length);
        TestContext.Current.TestOutputHelper!.WriteLine($"{kept} of {names.Length} files are kept");
    }

    [Fact]
    public async Task Files_in_any_order_and_of_many_blocks_are_not_read_again_and_stand_where_they_were_named()
    {
        var inspection = new ImageInspection(new FileDigests(_database), Options.Create(new OrchestratorOptions()), new FakeTimeProvider(Now)) { KeptAtOnce = 7 };
        string[] names =
        [
            .. Enumerable.Range(0, 40).Select(number => $"{"ba0"[number % 3]}/{number * 7 % 40}.png"), "a b/x.png", "a.b/x.png", "a/ä.png", "a/大.png",
        ];
        foreach (var name in names) Write(name, name);
        var first = await InspectAsync();
        Assert.Equal(names.Select(name => Sha256(TinyDataset.Image(name))), first);

        foreach (var name in names) Write(name, name.ToUpperInvariant()); // as long
        Assert.Equal(first, await InspectAsync());

        void Write(string name, string content) =>
            File.SetLastWriteTimeUtc(_folder.Write($"data/{name}", TinyDataset.Image(content)), (Now - TimeSpan.FromHours(1)).UtcDateTime);
        async Task<IEnumerable<string?>> InspectAsync() =>
            (await inspection.InspectAsync(Path.Combine(_folder, "data"), _folder, names, new(), TestContext.Current.CancellationToken)).Select(file => file.Sha256);
    }

    private async Task<string?> DigestOfAsync(byte[] content, TimeSpan age, string path = "data/image.png")
    {
        File.SetLastWriteTimeUtc(_folder.Write(path, content), (Now - age).UtcDateTime);
        return Assert.Single(await _inspection.InspectAsync(Path.Combine(_folder, "data"), _folder, [Path.GetFileName(path)], new(), TestContext.Current.CancellationToken)).Sha256;
    }

    private static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }
}
