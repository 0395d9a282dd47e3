using System.IO.Compression;
using Grpc.Core;
using Ipo.Orchestrator.Datasets;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.Orchestrator.Datasets;

public sealed class DeletionTests : OrchestratorTest
{
    [Fact]
    public async Task A_deleted_dataset_is_gone_and_its_folder_stays()
    {
        TinyDataset.Write(Folder, "data/tiny");
        var before = await Lab.RegisterAsync("tiny");
        Folder.Write("data/tiny/kind_a/new.png", TinyDataset.Image("new"));
        await Lab.RegisterAsync("tiny"); // a second version
        await DeleteAsync("tiny");

        await Client.Datasets.DeleteDatasetAsync(new() { Name = "tiny", AllowMissing = true }, cancellationToken: Cancellation);
        Assert.Equal("There is no dataset 'tiny'; none is registered yet.", await OrchestratorLab.RefusedAsync(StatusCode.NotFound, () => DeleteAsync("tiny")));
        Assert.Empty((await Client.Datasets.ListDatasetsAsync(new(), cancellationToken: Cancellation)).Datasets);
        Assert.Null(Lab.Services.GetRequiredService<DatasetStore>().Find("tiny", before.Digest));
        Assert.Equal(41, Directory.GetFiles(Path.Combine(Folder, "data/tiny"), "*.png", SearchOption.AllDirectories).Length);
        Assert.Equal(41, (await Lab.RegisterAsync("tiny")) is var again ? again.TrainImages + again.ValidationImages + again.TestImages : 0);
        Assert.Contains("name is empty", await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => DeleteAsync("")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dataset_of_runs_is_kept_and_they_are_named()
    {
        TinyDataset.Write(Folder, "data/tiny");
        TinyDataset.Write(Folder, "data/other");
        await Lab.RegisterAsync("tiny");
        await Lab.RegisterAsync("other");
        await Lab.CreateAsync(new() { Dataset = "tiny" }, "first");
        await Client.Runs.CancelRunAsync(new() { RunId = "first" }, cancellationToken: Cancellation);
        await Lab.EndAsync("first");
        Assert.Equal(
            "The run 'first' uses the dataset 'tiny'. Delete it first (on the command line with: ipo runs delete RUN).",
            await OrchestratorLab.RefusedAsync(StatusCode.FailedPrecondition, () => DeleteAsync("tiny")));
        await DeleteAsync("other");
        await Client.Runs.DeleteRunAsync(new() { RunId = "first" }, cancellationToken: Cancellation);
        await DeleteAsync("tiny");
    }

    [Fact]
    public async Task Looks_at_test_images_stay_counted()
    {
        TinyDataset.Write(Folder, "data/tiny");
        var digest = (await Lab.RegisterAsync("tiny")).Digest;
        var looks = Lab.Services.GetRequiredService<TestAccessLog>();
        looks.Record(digest, TestAccessLog.ByHand());
        await DeleteAsync("tiny");
        Assert.Equal(digest, (await Lab.RegisterAsync("tiny")).Digest);
        Assert.Equal(1, looks.CountBefore(digest, "a run"));
    }

    [Fact]
    public async Task What_was_unpacked_of_a_zip_goes_with_the_last_dataset_of_it()
    {
        TinyDataset.Write(Folder, "packed");
        ZipFile.CreateFromDirectory(Path.Combine(Folder, "packed"), Path.Combine(Folder, "data/tiny.zip"));
        var unpacked = Path.Combine(Folder, "state/unpacked");
        await Lab.RegisterAsync("tiny.zip");
        await Client.Datasets.RegisterDatasetAsync(new() { Name = "second", Path = "tiny.zip" }, cancellationToken: Cancellation);
        await DeleteAsync("tiny");
        Assert.Equal(40, Directory.GetFiles(unpacked, "*.png", SearchOption.AllDirectories).Length);
        await DeleteAsync("second");
        Assert.Empty(Directory.GetFileSystemEntries(unpacked));
        Assert.True(File.Exists(Path.Combine(Folder, "data/tiny.zip")));
        Assert.Equal(40, (await Lab.RegisterAsync("tiny.zip")) is var again ? again.TrainImages + again.ValidationImages + again.TestImages : 0);
    }

    [Fact]
    public async Task A_run_that_begins_and_a_deletion_take_turns()
    {
        Task? deleting = null;
        var journal = new MemoryJournal();
        TinyDataset.Write(Folder, "other/data/tiny");
        await using var lab = await OrchestratorLab.StartAsync(Folder, Fakes, journal, options: set =>
        {
            set.DataDirectory = Path.Combine(Folder, "other/state");
            set.DatasetRoots.Add(Path.Combine(Folder, "other/data"));
        });
        await lab.Client.Datasets.RegisterDatasetAsync(new() { Path = Path.Combine(Folder, "other/data/tiny") }, cancellationToken: Cancellation);
        journal.Appending = (_, events) =>
        {
            if (events[0] is not Ipo.Optimization.Facts.RunCreated) return;
            deleting = Task.Run(async () => await lab.Client.Datasets.DeleteDatasetAsync(new() { Name = "tiny" }, cancellationToken: Cancellation));
            // Long enough for a deletion that does not wait; one that waits ends after the run has begun.
            Task.WaitAny([deleting], 500, Cancellation);
        };

        await lab.CreateAsync(new() { Dataset = "tiny" }, "first");

        Assert.StartsWith(
            "The run 'first' uses the dataset 'tiny'.", await OrchestratorLab.RefusedAsync(StatusCode.FailedPrecondition, () => deleting!),
            StringComparison.Ordinal);
        Assert.NotNull(lab.Services.GetRequiredService<DatasetStore>().Find("tiny"));
    }

    [Fact]
    public async Task What_a_registration_reads_of_a_zip_is_not_deleted_under_it()
    {
        TinyDataset.Write(Folder, "packed");
        var zip = Path.Combine(Folder, "data/tiny.zip");
        ZipFile.CreateFromDirectory(Path.Combine(Folder, "packed"), zip);
        var zips = Lab.Services.GetRequiredService<ZipFiles>();

        var (first, second) = (await zips.UnpackAsync(zip, Folder, new(), Cancellation), await zips.UnpackAsync(zip, Folder, new(), Cancellation));
        first.Dispose();
        zips.Forget(second.Folder, _ => false);
        Assert.Equal(40, Directory.GetFiles(second.Folder, "*.png", SearchOption.AllDirectories).Length);
        second.Dispose();
        zips.Forget(second.Folder, _ => false);
        Assert.False(Directory.Exists(second.Root));
    }

    private async Task DeleteAsync(string name) => await Client.Datasets.DeleteDatasetAsync(new() { Name = name }, cancellationToken: Cancellation);
}
