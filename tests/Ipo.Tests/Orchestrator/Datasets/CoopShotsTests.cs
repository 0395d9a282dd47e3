using Grpc.Core;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;
using Ipo.Tests.ClipScorer.Pickles;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.Orchestrator.Datasets;

/// <summary>CoOp's lists of few images, as few-shot-lists/write.py has Python pickle them and worse.</summary>
public sealed class CoopShotsTests : OrchestratorTest
{
    private const string List = "split_fewshot/shot_2-seed_1.pkl";

    private Dataset Dataset => Lab.Services.GetRequiredService<DatasetStore>().Get("pets");

    private protected override async Task PrepareAsync()
    {
        TinyDataset.WriteSplit(Folder, "data/pets", classes: 4, imagesPerClass: 6);
        await Lab.RegisterAsync("pets");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_list_of_any_protocol_gives_the_images_that_it_names_in_scoring_order(int protocol)
    {
        WriteList(File.ReadAllBytes(Path.Combine(Shared.Repository, $"tests/Ipo.Tests/Orchestrator/Datasets/few-shot-lists/protocol-{protocol}.pkl")));
        Assert.Equal(["a 00", "a 02", "b 00", "b 02", "c 00", "c 02", "d 00", "d 02"], Read(4).Order(StringComparer.Ordinal));
        Assert.Equal(["a 00", "a 02", "b 00", "b 02"], Read(2).Order(StringComparer.Ordinal)); // novel classes are passed over
        var images = CoopShots.Read(Dataset, Settings, 4);
        Assert.Equal(images.OrderBy(image => image.Label).ThenBy(image => image.Sha256, StringComparer.Ordinal), images);
    }

    [Fact]
    public void Paths_of_windows_and_images_named_twice_are_understood()
    {
        WriteList(Train(("D:\\data\\pets\\images\\kind_a\\01.png", 0), ("x/images/kind_a/01.png", 0), ("images/kind_b/00.png", 1)));
        Assert.Equal(["a 01", "b 00"], Read(2));
    }

    public static TheoryData<string, byte[], string> Refused => new()
    {
        { "not there", Train(("/d/images/kind_a/09.png", 0)), "lists '/d/images/kind_a/09.png', which the registered dataset has not" },
        { "folder", Train(("/d/images/kind_a", 0)), "lists '/d/images/kind_a', which the registered dataset has not" },
        { "no path", Train(("", 0)), "lists '', which the registered dataset has not" },
        { "test image", Train(("/d/images/kind_a/05.png", 0)), "lists '/d/images/kind_a/05.png', which is no training image of the registered dataset" },
        { "label", Train(("/d/images/kind_a/00.png", 1)), "gives '/d/images/kind_a/00.png' the label 1, and the registered dataset 0" },
        { "terminal", Train(("\u001B[2Jx.png", 0)), "lists '?[2Jx.png'" },
        { "class", Train(("images/kind_a/00.png", 0)), "lists no image of the class 'kind b'" },
        { "nothing in it", Train(), "lists no image of the class 'kind a'" },
        { "no dictionary", new PickleBuilder().Op("]").Stop(), "has no list \"train\"" },
        { "no train", new PickleBuilder().Op("}").Stop(), "has no list \"train\"" },
        { "no image", new PickleBuilder().Op("}").Text("train").Op("]K\u0001as").Stop(), "has something else than an image with path and label at \"train\"[0]" },
        { "no label", new PickleBuilder().Op("}").Text("train").Op("]").Raw(Datum("a", null)).Op("as").Stop(), "has something else than an image" },
        { "attributes", new PickleBuilder().Op("}").Text("train").Op("]").Global("dassl.data.datasets.base_dataset", "Datum").Op(")").Raw(0x81).Op("as").Stop(), "has something else than an image" },
        { "system", new PickleBuilder().Global("posix", "system").Text("touch x").Raw(0x85).Op("R").Stop(), "names 'posix.system', and a list of images names dassl.data.datasets.base_dataset.Datum alone. Nothing of it was run" },
        { "system by stack", new PickleBuilder().Text("os").Text("system").Raw(0x93).Stop(), "names 'os.system', and" },
        { "named by numbers", new PickleBuilder().Op("K\u0001K\u0002").Raw(0x93).Stop(), "something is named by what is no text" },
        { "called", new PickleBuilder().Global("dassl.data.datasets.base_dataset", "Datum").Op(")R").Stop(), "opcode 0x52, which is not what CoOp writes" },
        { "arguments", new PickleBuilder().Global("dassl.data.datasets.base_dataset", "Datum").Op("K\u0001").Raw(0x85, 0x81).Stop(), "an image is made with arguments" },
        { "new of nothing", new PickleBuilder().Op("N)").Raw(0x81).Stop(), "something is called that is no function" },
        { "build", new PickleBuilder().Op("]}b").Stop(), "attributes are given to something that is no image" },
        { "outside", new PickleBuilder().Op("NQ").Stop(), "opcode 0x51, which is not what CoOp writes" },
        { "protocol", [0x80, 1, (byte)'N', (byte)'.'], "holds a pickle of protocol 1; lists of 2 to 5 are read." },
        { "next protocol", [0x80, 6, (byte)'N', (byte)'.'], "holds a pickle of protocol 6; lists of 2 to 5 are read." },
        { "cut", [0x80, 4, 0x8C, 20, (byte)'a'], "it ends in the middle" },
        { "empty", [], "it ends in the middle" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_no_list_of_this_dataset_is_refused_by_name(string what, byte[] list, string message)
    {
        WriteList(list);
        var refused = Assert.Throws<RefusedException>(() => Read(4));
        Assert.StartsWith($"{Path.Combine(Dataset.Folder, List)} ", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.Message.Contains(message, StringComparison.Ordinal), $"{what}: {refused.Message}");
    }

    [Fact]
    public void A_list_that_is_not_there_too_large_or_elsewhere_is_refused()
    {
        var missing = Assert.Throws<RefusedException>(() => Read(4)).Message;
        Assert.Equal(
            $"{Path.Combine(Dataset.Folder, List)} is not there, and coop_shots takes the search images from it. Have CoOp write it, by a training "
                + "with 2 shots and seed 1, or leave coop_shots out.", missing);
        Directory.CreateDirectory(Path.Combine(Dataset.Folder, "split_fewshot"));
        var file = Path.Combine(Dataset.Folder, List);
        Folder.Write("secret.pkl", "x");
        File.CreateSymbolicLink(file, Path.Combine(Folder, "secret.pkl"));
        Assert.Contains("leads out of the dataset root", Assert.Throws<RefusedException>(() => Read(4)).Message, StringComparison.Ordinal);
        File.Delete(file);
        using (var huge = File.Create(file)) huge.SetLength((64 << 20) + 1);
        Assert.Contains("has 67108865 bytes; at most 67108864 are read", Assert.Throws<RefusedException>(() => Read(4)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_searches_on_them_and_its_report_says_so()
    {
        WriteList(Train(("images/kind_a/01.png", 0), ("images/kind_b/02.png", 1), ("images/kind_c/00.png", 2), ("images/kind_d/00.png", 3)));
        var asked = new V1.RunSettings { Dataset = "pets", Preset = "robust", Steps = 1, Shots = 2, CoopShots = true };
        Assert.Equal(4, (await Client.Runs.EstimateRunAsync(new() { Settings = asked }, cancellationToken: Cancellation)).SearchImages);
        await Lab.CreateAsync(asked, "coop");
        var run = await Lab.EndAsync("coop");
        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(["a 01", "b 02", "c 00", "d 00"], run.Prepared!.SearchImages.Select(image => Short(image.Sha256)));
        var report = await Client.Reports.GetRunReportAsync(new() { RunId = "coop" }, cancellationToken: Cancellation);
        Assert.Contains(", search images from CoOp's list", report.Markdown, StringComparison.Ordinal);
        Assert.True(report.Report.Run.Settings.CoopShots);
    }

    [Fact]
    public async Task A_run_whose_list_is_not_there_or_names_what_cannot_be_read_fails_and_says_why()
    {
        var asked = new V1.RunSettings { Dataset = "pets", Preset = "robust", Steps = 1, Shots = 2, CoopShots = true };
        await Lab.CreateAsync(asked, "none");
        Assert.Contains("shot_2-seed_1.pkl is not there", (await Lab.EndAsync("none")).FailureReason, StringComparison.Ordinal);

        WriteList(Train(("images/kind_a/01.png", 0), ("images/kind_b/02.png", 1), ("images/kind_c/00.png", 2), ("images/kind_d/00.png", 3)));
        Fakes.Scorer.Rejections[Dataset.Images.Single(image => image.Path == "images/kind_b/02.png").Sha256] = "truncated";
        await Lab.CreateAsync(asked, "unreadable");
        var failed = await Lab.EndAsync("unreadable");
        Assert.Contains("CoOp's list split_fewshot/shot_2-seed_1.pkl of dataset 'pets' has 'images/kind_b/02.png', which", failed.FailureReason, StringComparison.Ordinal);

        var all = await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => Lab.CreateAsync(new(asked) { Shots = 0 }));
        Assert.Contains("coop_shots is set with all training images", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_list_makes_other_runs_of_a_bench()
    {
        var bench = new V1.Bench { Protocol = V1.BenchProtocol.FewShot, Datasets = { "pets" }, Seeds = { 1 }, Shots = { 2 }, Settings = new() { CoopShots = true } };
        async Task<string> RunAsync() => (await Client.Bench.PlanBenchAsync(new() { Bench = bench }, cancellationToken: Cancellation)).Runs.Single().RunId;
        Assert.Contains("is not there", await OrchestratorLab.RefusedAsync(StatusCode.FailedPrecondition, RunAsync), StringComparison.Ordinal);
        WriteList(Train(("images/kind_a/01.png", 0)));
        var first = await RunAsync();
        Assert.Equal(first, await RunAsync());
        WriteList(Train(("images/kind_a/02.png", 0)));
        Assert.NotEqual(first, await RunAsync());
    }

    private static RunSettings Settings => Presets.Get(Presets.Robust, "pets") with { Shots = 2, Seed = 1, CoopShots = true };

    private IEnumerable<string> Read(int searched) => CoopShots.Read(Dataset, Settings, searched).Select(image => Short(image.Sha256));

    // "a 01" of images/kind_a/01.png.
    private string Short(string sha256) => Dataset.Images.Single(image => image.Sha256 == sha256).Path["images/kind_".Length..^4].Replace('/', ' ');

    private void WriteList(byte[] list) => Folder.Write($"data/pets/{List}", list);

    private static byte[] Train(params (string Path, byte Label)[] images)
    {
        var list = new PickleBuilder().Op("}").Text("train").Op("]");
        foreach (var (path, label) in images) list.Raw(Datum(path, label)).Op("a");
        return list.Op("s").Stop();
    }

    // As Python does it: a new object of the class, and its dictionary.
    private static byte[] Datum(string path, byte? label)
    {
        var datum = new PickleBuilder().Global("dassl.data.datasets.base_dataset", "Datum").Op(")").Raw(0x81).Op("}(").Text("_impath").Text(path);
        if (label is { } given) datum.Text("_label").Op("K").Raw(given);
        return datum.Op("ub").Stop()[2..^1];
    }
}
