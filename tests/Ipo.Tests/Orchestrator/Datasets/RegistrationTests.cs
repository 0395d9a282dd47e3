using Grpc.Core;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Datasets;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Datasets;

public sealed class RegistrationTests : OrchestratorTest
{
    private protected override void Configure(OrchestratorOptions options) =>
        (options.LargestImageBytes, options.MostImages, options.MostClasses) = (2000, 500, 50);

    [Fact]
    public async Task A_folder_per_class_is_split_by_digest_half_a_fifth_and_the_rest()
    {
        TinyDataset.Write(Folder, "data/tiny");
        var dataset = await Lab.RegisterAsync("tiny", "a drawing of a <CLASS>.");

        Assert.Equal(("tiny", "folder", 20, 8, 12), (dataset.Name, dataset.Layout, dataset.TrainImages, dataset.ValidationImages, dataset.TestImages));
        Assert.Equal(["kind a", "kind b", "kind c", "kind d"], dataset.ClassNames);
        Assert.Equal("a drawing of a <CLASS>.", dataset.HandWrittenTemplate);
        Assert.Empty(dataset.Warnings);
        Assert.Equal(64, dataset.Digest.Length);
        // Each class is split for itself, by nothing but the digests of its images.
        foreach (var (label, images) in Lab.ImagesOf("tiny").GroupBy(image => image.Label).Select(group => (group.Key, group.ToList())))
        {
            Assert.Equal(Enumerable.Range(0, 10).Select(i => $"kind_{"abcd"[label]}/{i:00}.png"), images.Select(image => image.Path).Order(StringComparer.Ordinal));
            Assert.Equal(
                [DatasetSplit.Train, DatasetSplit.Train, DatasetSplit.Train, DatasetSplit.Train, DatasetSplit.Train, DatasetSplit.Validation, DatasetSplit.Validation, DatasetSplit.Test, DatasetSplit.Test, DatasetSplit.Test],
                images.OrderBy(image => image.Sha256, StringComparer.Ordinal).Select(image => image.Split));
        }
    }

    [Fact]
    public async Task The_digest_depends_on_images_and_labels_and_not_on_file_names_or_place()
    {
        TinyDataset.Write(Folder, "data/tiny");
        var first = await Lab.RegisterAsync("tiny");
        File.Move(Path.Combine(Folder, "data/tiny/kind_a/00.png"), Path.Combine(Folder, "data/tiny/kind_a/zz.png"));
        Directory.Move(Path.Combine(Folder, "data/tiny"), Path.Combine(Folder, "data/moved"));
        var moved = (await Client.Datasets.RegisterDatasetAsync(new() { Name = "tiny", Path = "moved" }, cancellationToken: Cancellation)).Dataset;

        Assert.Equal((first.Digest, first.RegisteredAt), (moved.Digest, moved.RegisteredAt));
        Assert.EndsWith("moved", moved.Path, StringComparison.Ordinal);

        Folder.Write("data/moved/kind_a/zz.png", TinyDataset.Image("other"));
        Assert.NotEqual(first.Digest, (await Client.Datasets.RegisterDatasetAsync(new() { Name = "tiny", Path = "moved" }, cancellationToken: Cancellation)).Dataset.Digest);
    }

    [Fact]
    public async Task Splits_that_the_folder_has_are_kept()
    {
        foreach (var (split, images) in new[] { ("train", 3), ("val", 1), ("test", 2) })
            foreach (var kind in new[] { "cat", "dog" })
                for (var i = 0; i < images; i++) Folder.Write($"data/pets/{split}/{kind}/{i}.jpg", TinyDataset.Image($"{split}{kind}{i}"));
        var dataset = await Lab.RegisterAsync("pets");
        Assert.Equal((6, 2, 4), (dataset.TrainImages, dataset.ValidationImages, dataset.TestImages));
        Assert.Equal(
            [
                "test/cat/0.jpg 0 Test", "test/cat/1.jpg 0 Test", "test/dog/0.jpg 1 Test", "test/dog/1.jpg 1 Test",
                "train/cat/0.jpg 0 Train", "train/cat/1.jpg 0 Train", "train/cat/2.jpg 0 Train", "train/dog/0.jpg 1 Train", "train/dog/1.jpg 1 Train", "train/dog/2.jpg 1 Train",
                "val/cat/0.jpg 0 Validation", "val/dog/0.jpg 1 Validation",
            ],
            Lab.LinesOf("pets"));
    }

    [Fact]
    public async Task Hidden_files_and_captions_are_ignored_and_others_named()
    {
        TinyDataset.Write(Folder, "data/tiny");
        Folder.Write("data/tiny/.DS_Store", "x");
        Folder.Write("data/tiny/captions.jsonl", "{}");
        Folder.Write("data/tiny/kind_a/.hidden.png", "x");
        Folder.Write("data/tiny/kind_a/captions.jsonl", "{}");
        Assert.Empty((await Lab.RegisterAsync("tiny")).Warnings);

        Folder.Write("data/tiny/kind_a/notes.txt", "x");
        Folder.Write("data/tiny/kind_a/broken.png", "not an image");
        Folder.Write("data/tiny/kind_a/empty.png", "");
        Folder.Write("data/tiny/kind_b/huge.png", TinyDataset.Image(new string('x', 3000)));
        Folder.Write("data/tiny/kind_b/again.png", TinyDataset.Image("data/tiny 1 3"));
        var warnings = string.Join('\n', (await Lab.RegisterAsync("tiny")).Warnings);
        Assert.Contains("'kind_a/notes.txt' is not read", warnings, StringComparison.Ordinal);
        Assert.Contains("'kind_a/broken.png' is not a JPEG, PNG, WebP, GIF or BMP and is left out", warnings, StringComparison.Ordinal);
        Assert.Contains("'kind_a/empty.png' is empty and is left out", warnings, StringComparison.Ordinal);
        Assert.Contains("'kind_b/huge.png' has 3008 bytes, more than 2000 and is left out", warnings, StringComparison.Ordinal);
        Assert.Contains("repeats an image of the same class and is left out", warnings, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_coop_split_file_gives_images_labels_and_splits()
    {
        WriteCoop("data/coop", """{"train":[["a/1.jpg",0,"the_a"],["b/1.jpg",1,"b"]],"val":[["a/2.jpg",0,"the_a"]],"test":[["a/3.jpg",0,"the_a"],["b/2.jpg",1,"b"]]}""");
        var dataset = await Lab.RegisterAsync("coop");
        Assert.Equal(("coop-split", 2, 1, 2), (dataset.Layout, dataset.TrainImages, dataset.ValidationImages, dataset.TestImages));
        Assert.Equal(["the a", "b"], dataset.ClassNames);
        Assert.Equal(["images/a/1.jpg 0 Train", "images/a/2.jpg 0 Validation", "images/a/3.jpg 0 Test", "images/b/1.jpg 1 Train", "images/b/2.jpg 1 Test"], Lab.LinesOf("coop"));
    }

    [Theory]
    [InlineData("{", "is not a CoOp split file")]
    [InlineData("[]", "is not a CoOp split file")]
    [InlineData("""{"train":[],"val":[],"test":[]}""", "lists no images")]
    [InlineData("""{"train":[["a/1.jpg",0,"a"]]}""", "has no list \"test\"")]
    [InlineData("""{"train":[["a/1.jpg",0]],"test":[]}""", "\"train\"[0] is not [path, label, class name]")]
    [InlineData("""{"train":[["a/1.jpg",-1,"a"]],"test":[]}""", "\"train\"[0] is not [path, label, class name]")]
    [InlineData("""{"train":[["../x.jpg",0,"a"]],"test":[]}""", "the path '../x.jpg' is not one below the image folder")]
    [InlineData("""{"train":[["/etc/passwd",0,"a"]],"test":[]}""", "the path '/etc/passwd' is not one below the image folder")]
    [InlineData("""{"train":[["a/1.jpg",0,"a"],["b/1.jpg",2,"b"]],"test":[]}""", "has no image with label 1")]
    [InlineData("""{"train":[["a/1.jpg",0,"a"],["a/2.jpg",0,"z"]],"test":[]}""", "calls label 0 both 'a' and 'z'")]
    [InlineData("""{"train":[["a/1.jpg",0,"a"]],"test":[["a/2.jpg",0,"a"]]}""", "has only one class ('a')")]
    [InlineData("""{"train":[["a/1.jpg",0,"Cat"],["b/1.jpg",1,"cat"]],"test":[]}""", "2 classes are called 'Cat'")]
    [InlineData("""{"train":[["a/1.jpg",0,"a"],["a/99.jpg",0,"a"]],"test":[]}""", "lists 1 of 2 images that are not in")]
    [InlineData("""{"train":[["q/1.jpg",0,"a"]],"test":[]}""", "no folder beside it holds that file")]
    [InlineData("""{"train":[["a/1.jpg",0,"a"],["b/1.jpg",1,"b"]],"test":[["a/1.jpg",0,"a"]]}""", "the class 'a' has no training image")]
    [InlineData("""{"train":[["a/1.jpg",0,"a<b"],["b/1.jpg",1,"b"]],"test":[]}""", "the class name 'a<b' holds '<', '>' or a control character")]
    [InlineData("""{"train":[["a/1.jpg",0,"a"]],"test":[["b/1.jpg",1,"b"]]}""", "the class 'b' has no training image")]
    [InlineData("""{"train":[["a/1.jpg",0,"a"],["b/1.jpg",1,"b"]],"test":[]}""", "has no test images")]
    public async Task A_wrong_split_file_is_refused_with_the_place(string json, string message)
    {
        WriteCoop("data/coop", json);
        await RefusedAsync("coop", message);
    }

    [Fact]
    public async Task The_same_image_in_two_splits_is_refused_where_a_person_can_mend_it()
    {
        foreach (var kind in new[] { "cat", "dog" })
            foreach (var split in new[] { "train", "test" }) Folder.Write($"data/pets/{split}/{kind}/1.png", TinyDataset.Image(split + kind));
        Folder.Write("data/pets/test/cat/2.png", TinyDataset.Image("traincat"));
        await RefusedAsync("pets", "are the same image in two splits (Test and Train)");
    }

    [Fact]
    public async Task Several_split_files_are_refused()
    {
        WriteCoop("data/coop", """{"train":[],"test":[]}""");
        Folder.Write("data/coop/split_zhou_B.json", "{}");
        await RefusedAsync("coop", "holds 2 split files (split_zhou_A.json, split_zhou_B.json)");
    }

    [Fact]
    public async Task What_cannot_be_a_dataset_is_refused_with_what_and_how_to_mend_it()
    {
        await RefusedAsync("", "path is empty");
        await RefusedAsync("missing", "path 'missing' does not exist under any dataset root");
        await RefusedAsync("/etc", "path '/etc' does not lie under a dataset root");
        await RefusedAsync("../state", "path '../state' does not lie under a dataset root");
        // The words are the same whatever is there: nobody learns what exists outside of the roots.
        foreach (var nothing in new[] { "../nothing", Path.Combine(Folder, "nothing"), Path.Combine(Folder, "nothing/at/all.txt") })
            await RefusedAsync(nothing, $"path '{nothing}' does not lie under a dataset root");
        var file = Folder.Write("file.txt", "x");
        await RefusedAsync(file, $"path '{file}' does not lie under a dataset root");
        Folder.Write("data/file.txt", "x");
        await RefusedAsync("file.txt", "is a file; give the folder that holds it");
        Directory.CreateDirectory(Path.Combine(Folder, "data/nothing"));
        await RefusedAsync("nothing", "holds no folders. A dataset is a folder with a folder of images for each class");
        Folder.Write("data/one/cat/1.png", TinyDataset.Image("1"));
        await RefusedAsync("one", "has only one class ('cat')");
        Folder.Write("data/single/cat/1.png", TinyDataset.Image("1"));
        Folder.Write("data/single/dog/1.png", TinyDataset.Image("2"));
        await RefusedAsync("single", "has no test images, so no gain could be shown");
        Directory.CreateDirectory(Path.Combine(Folder, "data/single/empty"));
        await RefusedAsync("single", "the class 'empty' has no image that can be used");
        Folder.Write("data/half/train/cat/1.png", TinyDataset.Image("1"));
        Folder.Write("data/half/val/cat/1.png", TinyDataset.Image("2"));
        await RefusedAsync("half", "has train/, val/ but not both train/ and test/");
        TinyDataset.Write(Folder, "data/many", classes: 60, imagesPerClass: 1);
        await RefusedAsync("many", "has 60 classes; the limit is 50");
        TinyDataset.Write(Folder, "data/lots", classes: 6, imagesPerClass: 100);
        await RefusedAsync("lots", "has 600 images; the limit is 500");
    }

    [Fact]
    public async Task The_same_image_under_two_classes_is_refused_with_both_files()
    {
        TinyDataset.Write(Folder, "data/tiny");
        Folder.Write("data/tiny/kind_b/copy.png", TinyDataset.Image("data/tiny 0 3"));
        await RefusedAsync("tiny", "'kind_a/03.png' and 'kind_b/copy.png' are the same image under two classes ('kind a' and 'kind b')");
    }

    [Fact]
    public async Task Links_that_leave_the_root_are_refused_and_others_followed()
    {
        TinyDataset.Write(Folder, "outside");
        TinyDataset.Write(Folder, "data/tiny");
        Directory.CreateSymbolicLink(Path.Combine(Folder, "data/link"), Path.Combine(Folder, "outside"));
        await RefusedAsync("link", "leads out of it through a symbolic link");

        var fileLink = Path.Combine(Folder, "data/tiny/kind_a/link.png");
        File.CreateSymbolicLink(fileLink, Path.Combine(Folder, "outside/kind_a/00.png"));
        await RefusedAsync("tiny", "'kind_a/link.png' is a symbolic link that leads out of the dataset root");
        File.Delete(fileLink);

        var classLink = Path.Combine(Folder, "data/tiny/kind_e");
        Directory.CreateSymbolicLink(classLink, "../../outside/kind_a");
        await RefusedAsync("tiny", "'kind_e' is a symbolic link that leads out of the dataset root");
        Directory.Delete(classLink);

        Directory.CreateSymbolicLink(Path.Combine(Folder, "data/same"), "tiny");
        var dataset = await Lab.RegisterAsync("same");
        Assert.Equal("tiny", dataset.Name);
        Assert.EndsWith("data/tiny", dataset.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_coop_split_file_does_not_reach_through_links_either()
    {
        Folder.Write("outside/1.jpg", TinyDataset.Image("1"));
        WriteCoop("data/coop", """{"train":[["a/1.jpg",0,"a"],["out/1.jpg",1,"b"]],"val":[],"test":[["a/2.jpg",0,"a"],["b/2.jpg",1,"b"]]}""");
        Directory.CreateSymbolicLink(Path.Combine(Folder, "data/coop/images/out"), Path.Combine(Folder, "outside"));
        await RefusedAsync("coop", "lists 'out/1.jpg', which leads out of the dataset root");
    }

    [Fact]
    public async Task Names_and_templates_are_checked()
    {
        TinyDataset.Write(Folder, "data/tiny");
        TinyDataset.Write(Folder, "data/other");
        await RefusedAsync("tiny", "name 'a/b' is invalid: use 1 to 64 letters", name: "a/b");
        await RefusedAsync("tiny", "The template has no <CLASS>", template: "a flower");
        await Lab.RegisterAsync("tiny");
        var exists = await Assert.ThrowsAsync<RpcException>(async () => await Client.Datasets.RegisterDatasetAsync(new() { Name = "tiny", Path = "other" }, cancellationToken: Cancellation));
        Assert.Equal(StatusCode.AlreadyExists, exists.StatusCode);
        Assert.Contains("The name 'tiny' is taken by the dataset in", exists.Status.Detail, StringComparison.Ordinal);

        var unknown = await Assert.ThrowsAsync<RpcException>(async () => await Client.Datasets.GetDatasetAsync(new() { Name = "lions" }, cancellationToken: Cancellation));
        Assert.Equal((StatusCode.NotFound, "There is no dataset 'lions'; registered are: tiny."), (unknown.StatusCode, unknown.Status.Detail));
        Assert.Equal(["tiny"], (await Client.Datasets.ListDatasetsAsync(new(), cancellationToken: Cancellation)).Datasets.Select(dataset => dataset.Name));
    }

    [Fact]
    public async Task Datasets_survive_a_restart()
    {
        TinyDataset.Write(Folder, "data/tiny");
        var before = await Lab.RegisterAsync("tiny");
        var images = Lab.ImagesOf("tiny");
        await RestartAsync(Configure);
        Assert.Equal(images, Lab.ImagesOf("tiny"));
        Assert.Equal(before, (await Client.Datasets.GetDatasetAsync(new() { Name = "tiny" }, cancellationToken: Cancellation)).Dataset);
    }

    [Fact]
    public async Task Real_photographs_with_coops_split_register()
    {
        var caltech = Shared.Path("data/caltech101");
        await RestartAsync(set => set.DatasetRoots.Add(caltech));
        var dataset = (await Client.Datasets.RegisterDatasetAsync(new() { Path = caltech }, cancellationToken: Cancellation)).Dataset;
        Assert.Equal((4128, 1649, 2465, 100), (dataset.TrainImages, dataset.ValidationImages, dataset.TestImages, dataset.ClassNames.Count));
        Assert.Empty(dataset.Warnings);
        Assert.Equal("face", dataset.ClassNames[0]);
    }

    private void WriteCoop(string folder, string json)
    {
        Folder.Write($"{folder}/split_zhou_A.json", json);
        foreach (var kind in new[] { "a", "b" })
            for (var i = 1; i < 5; i++) Folder.Write($"{folder}/images/{kind}/{i}.jpg", TinyDataset.Image($"{folder}{kind}{i}"));
    }

    private async Task RefusedAsync(string path, string message, string name = "", string template = "")
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await Client.Datasets.RegisterDatasetAsync(new() { Path = path, Name = name, HandWrittenTemplate = template }, cancellationToken: Cancellation));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains(message, refused.Status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Status.Detail, StringComparison.Ordinal);
    }
}
