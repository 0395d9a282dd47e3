using System.IO.Compression;
using Grpc.Core;
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
        Assert.Equal(new() { Stage = V1.RegistrationStage.ReadingImages, FilesDone = 40, Files = 40 }, progress[^1]);
        Assert.Equal(progress.Select(told => told.FilesDone).Order(), progress.Select(told => told.FilesDone));
        Assert.Equal((await Client.Datasets.GetDatasetAsync(new() { Name = "tiny" }, cancellationToken: Cancellation)).Dataset, heard[^1].Dataset);
    }

    [Fact]
    public async Task A_zip_ends_with_its_images_read()
    {
        TinyDataset.Write(Folder, "packed");
        ZipFile.CreateFromDirectory(Path.Combine(Folder, "packed"), Path.Combine(Folder, "data/tiny.zip"));
        var heard = await RegisterAsync("tiny.zip");
        Assert.Equal(new() { Stage = V1.RegistrationStage.ReadingImages, FilesDone = 40, Files = 40 }, heard[^2].Progress);
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
