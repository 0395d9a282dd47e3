using Grpc.Core;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Datasets;

/// <summary>ImageNetV2, -Sketch, -A and -R as CoOp lays them out, drawn small.</summary>
public sealed class ImageNetTestSetsTests : OrchestratorTest
{
    private const string Names = "n00000003 white_owl\nn00000001 missile\nn00000002 fox\n";

    private int _used;

    [Theory]
    [InlineData("imagenet-sketch", "images")]
    [InlineData("imagenet-adversarial", "imagenet-a")]
    [InlineData("imagenet-rendition", "imagenet-r")]
    public async Task Folders_of_ids_are_classes_by_the_sorted_ids_that_are_there(string name, string place)
    {
        Folder.Write($"data/{name}/classnames.txt", Names);
        Folder.Write($"data/{name}/{place}/README.txt", "x");
        foreach (var id in new[] { "n00000003", "n00000001" }) Image($"{name}/{place}/{id}/0.jpg");
        var dataset = await Lab.RegisterAsync(name);
        Assert.Equal(("imagenet-test", 0, 0, 2), (dataset.Layout, dataset.TrainImages, dataset.ValidationImages, dataset.TestImages));
        Assert.Equal(["missile", "white owl"], dataset.ClassNames);
        Assert.Equal([$"{place}/n00000001/0.jpg 0 Test", $"{place}/n00000003/0.jpg 1 Test"], Lab.LinesOf(name));
        Assert.Equal(["There are test images alone: no run can search on it, and 'ipo bench cross-dataset' tests on it."], dataset.Warnings);
    }

    [Fact]
    public async Task Folders_of_numbers_are_classes_by_the_order_of_the_sorted_ids_of_all()
    {
        Folder.Write("data/imagenetv2/classnames.txt", Names);
        for (var number = 0; number < 3; number++) Image($"imagenetv2/imagenetv2-matched-frequency-format-val/{number}/a.jpeg");
        var dataset = await Lab.RegisterAsync("imagenetv2");
        Assert.Equal(["missile", "fox", "white owl"], dataset.ClassNames);
        Assert.Equal(
            Enumerable.Range(0, 3).Select(label => $"imagenetv2-matched-frequency-format-val/{label}/a.jpeg {label} Test"), Lab.LinesOf("imagenetv2"));

        Image("imagenetv2/imagenetv2-matched-frequency-format-val/3/a.jpeg");
        Assert.Contains("has '3'; its folders are called 0 to 2", await RefusedAsync("imagenetv2"), StringComparison.Ordinal);
        Directory.Delete(Path.Combine(Folder, "data/imagenetv2/imagenetv2-matched-frequency-format-val/3"), recursive: true);
        Directory.Delete(Path.Combine(Folder, "data/imagenetv2/imagenetv2-matched-frequency-format-val/1"), recursive: true);
        Assert.Contains("the class 'fox' has no image that can be used", await RefusedAsync("imagenetv2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_told()
    {
        Image("a/imagenet-a/n00000001/0.jpg");
        Assert.Contains("has imagenet-a/ as CoOp lays it out, and no classnames.txt; put ImageNet's file there.", await RefusedAsync("a"), StringComparison.Ordinal);
        Folder.Write("data/a/classnames.txt", Names);
        Image("a/imagenet-a/n00000009/0.jpg");
        Assert.Contains("classnames.txt has no line for 'n00000009'", await RefusedAsync("a"), StringComparison.Ordinal);
        Folder.Write("data/r/classnames.txt", Names);
        Directory.CreateDirectory(Path.Combine(Folder, "data/r/imagenet-r"));
        Assert.Contains("imagenet-r/ holds no folders", await RefusedAsync("r"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_of_images_that_is_called_so_is_none()
    {
        foreach (var kind in new[] { "fox", "owl" })
            for (var image = 0; image < 4; image++) Image($"mine/images/{kind}/{image}.jpg");
        Assert.Equal("folder", (await Lab.RegisterAsync("mine")).Layout);
    }

    [Fact]
    public async Task No_run_searches_on_one_and_a_winner_from_elsewhere_is_tested_on_it()
    {
        TinyDataset.WriteSplit(Folder, "data/source", classes: 4, imagesPerClass: 6);
        Folder.Write("data/imagenet-rendition/classnames.txt", Names);
        foreach (var id in new[] { "n00000001", "n00000002" })
            for (var image = 0; image < 3; image++) Image($"imagenet-rendition/imagenet-r/{id}/{image}.jpg");
        await Lab.RegisterAsync("source");
        await Lab.RegisterAsync("imagenet-rendition");
        var refused = await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => Lab.CreateAsync(new() { Dataset = "imagenet-rendition" }));
        Assert.Equal("Dataset 'imagenet-rendition' has test images alone, so no run can search on it; 'ipo bench cross-dataset --datasets imagenet-rendition' tests on it what was found on another.", refused);

        var bench = new V1.Bench { Protocol = V1.BenchProtocol.CrossDataset, Source = "source", Datasets = { "imagenet-rendition" }, Seeds = { 1 }, Shots = { 2 }, Settings = new() { Preset = "ipo-paper", Steps = 1 } };
        var run = (await Client.Bench.PlanBenchAsync(new() { Bench = bench }, cancellationToken: Cancellation)).Runs.Single();
        await Lab.CreateAsync(run.Settings, run.RunId);
        await Lab.EndAsync(run.RunId);
        using var call = Client.Bench.TabulateBench(new() { Bench = bench }, cancellationToken: Cancellation);
        var table = (await call.ResponseStream.ReadAllAsync(Cancellation).LastAsync(Cancellation)).Table;
        Assert.Equal(["source", "imagenet-rendition"], table.Rows.Select(row => row.Dataset));
        Assert.All(table.Rows[1].Cells, cell => Assert.InRange(cell.Accuracy, 0, 1));
    }

    private void Image(string path) => Folder.Write($"data/{path}", TinyDataset.Image($"{path} {_used++}"));

    private Task<string> RefusedAsync(string path) => OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => Lab.RegisterAsync(path));
}
