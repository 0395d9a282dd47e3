using System.IO.Compression;
using Grpc.Core;
using Ipo.Orchestrator.Datasets;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Datasets;

public sealed class RegistrationProgressTests : OrchestratorTest
{
    [Fact]
    public async Task Progress_ends_with_all_files_done_and_then_the_dataset()
    {
        TinyDataset.Write(Folder, "data/tiny");
        var heard = await RegisterAsync("tiny");
        var progress = heard[..^1].Select(response => response.Progress).ToList();
        Assert.NotEmpty(progress);
        Assert.Equal(new() { Stage = V1.RegistrationStage.Saving, FilesDone = 40, Files = 40 }, progress[^1]);
        foreach (var stage in progress.GroupBy(told => told.Stage))
            Assert.Equal(stage.Select(told => told.FilesDone).Order(), stage.Select(told => told.FilesDone));
        Assert.Equal((await Client.Datasets.GetDatasetAsync(new() { Name = "tiny" }, cancellationToken: Cancellation)).Dataset, heard[^1].Dataset);
    }

    [Theory]
    [InlineData("tiny", 40)] // a folder for each class
    [InlineData("listed", 8)] // a list of files
    public void Every_image_that_is_found_is_told_before_it_is_known_how_many_there_are(string name, int images)
    {
        TinyDataset.Write(Folder, "data/tiny");
        TinyDataset.WriteSplit(Folder, "data/listed", classes: 2, imagesPerClass: 4);
        var progress = new RegistrationProgress();
        progress.Begin(RegistrationStage.Listing, 0);
        var root = Path.Combine(Folder, "data");
        Assert.Equal(images, DatasetListing.Read(Path.Combine(root, name), root, progress).Listing.Images.Count);
        Assert.Equal((RegistrationStage.Listing, images, 0), (progress.Stage, progress.FilesDone, progress.Files));
    }

    [Fact]
    public async Task A_zip_ends_with_its_images_written_down()
    {
        TinyDataset.Write(Folder, "packed");
        ZipFile.CreateFromDirectory(Path.Combine(Folder, "packed"), Path.Combine(Folder, "data/tiny.zip"));
        var heard = await RegisterAsync("tiny.zip");
        Assert.Equal(new() { Stage = V1.RegistrationStage.Saving, FilesDone = 40, Files = 40 }, heard[^2].Progress);
        Assert.Equal("tiny", heard[^1].Dataset.Name);
    }

    [Fact]
    public async Task What_is_refused_is_refused_as_without_progress() =>
        Assert.Contains(
            "does not exist under any dataset root",
            await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => RegisterAsync("missing")), StringComparison.Ordinal);

    private async Task<List<V1.RegisterDatasetWithProgressResponse>> RegisterAsync(string path)
    {
        using var call = Client.Datasets.RegisterDatasetWithProgress(new() { Registration = new() { Path = path } }, cancellationToken: Cancellation);
        return await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
    }
}
