using System.Diagnostics;
using Grpc.Core;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Datasets;

/// <summary>Folders of class folders as people and tools leave them.</summary>
public sealed class FolderTests : OrchestratorTest
{
    [Theory]
    [InlineData("train", "valid", "test")]
    [InlineData("training", "validation", "testing")]
    [InlineData("Train", "Val", "Test")]
    [InlineData("TRAIN", "DEV", "TESTING")]
    [InlineData("Training", null, "Test")]
    public async Task Split_folders_are_read_by_any_of_their_names(string train, string? validation, string test)
    {
        WriteSplit("data/pets", train, 3);
        if (validation is not null) WriteSplit("data/pets", validation, 1);
        WriteSplit("data/pets", test, 2);
        Folder.Write("data/pets/README.roboflow.txt", "words");
        Directory.CreateDirectory(Path.Combine(Folder, "data/pets/annotations/xml"));
        var dataset = await Lab.RegisterAsync("pets");
        Assert.Equal((6, validation is null ? 0 : 2, 4), (dataset.TrainImages, dataset.ValidationImages, dataset.TestImages));
        Assert.Equal(["cat", "dog"], dataset.ClassNames);
        Assert.Contains("'README.roboflow.txt' is not read: not an image by its extension. JPEG, PNG, WebP, GIF and BMP files are read (.jpg, .jpeg, .jpe, .jfif, .png, .webp, .gif, .bmp).", dataset.Warnings);
        Assert.Contains("'annotations' is not read: a folder where images of a class or folders of classes are expected.", dataset.Warnings);
    }

    [Fact]
    public async Task Images_beside_the_class_folders_are_left_out_for_the_true_reason()
    {
        TinyDataset.Write(Folder, "data/tiny");
        Folder.Write("data/tiny/stray.png", TinyDataset.Image("stray"));
        Assert.Equal(
            ["'stray.png' is not read: it lies in no class folder, so its class is not known. Move it into the folder of the class, or away."],
            (await Lab.RegisterAsync("tiny")).Warnings);

        Folder.Write("data/tiny/other.png", TinyDataset.Image("other"));
        Assert.Equal(
            ["'other.png', 'stray.png' are not read: they lie in no class folder, so their classes are not known. Move them into the folder "
                + "of the class, or away."],
            (await Lab.RegisterAsync("tiny")).Warnings);
    }

    [Theory]
    [InlineData("train2017", "test")]
    [InlineData("seg_train", "seg_test")]
    [InlineData("train", "eval")]
    [InlineData("training_set", "test_set")]
    [InlineData("Train", "holdout")]
    public async Task Folders_that_look_like_splits_are_refused_with_the_names_that_are(string train, string test)
    {
        WriteSplit("data/pets", train, 3);
        WriteSplit("data/pets", test, 2);
        var message = await RefusedAsync("pets", "not recognised. Split folders are called train or training, val, valid, validation or dev, test or testing, in any case; rename");
        Assert.Contains(train.Equals("train", StringComparison.OrdinalIgnoreCase) ? test : train, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Splits_that_cannot_be_told_apart_are_refused()
    {
        WriteSplit("data/pets", "train", 3);
        WriteSplit("data/pets", "test", 2);
        WriteSplit("data/pets", "Training", 1);
        await RefusedAsync("pets", "has Training/, train/ for one split; keep only one of them");
        Directory.Delete(Path.Combine(Folder, "data/pets/Training"), recursive: true);
        Folder.Write("data/pets/cat/1.png", TinyDataset.Image("lost"));
        await RefusedAsync("pets", "has test/, train/ as its splits, and also images in cat/, which is not a split");
        Directory.Delete(Path.Combine(Folder, "data/pets/cat"), recursive: true);
        Folder.Write("data/flat/Train/cat.1.png", TinyDataset.Image("1"));
        Folder.Write("data/flat/Test/cat.2.png", TinyDataset.Image("2"));
        await RefusedAsync("flat", "has Test/, Train/ and no class folders below; put the images of each class into a folder of its name");
    }

    [Fact]
    public async Task A_class_may_be_called_like_a_split()
    {
        foreach (var kind in new[] { "train", "bus", "test tube" })
            for (var i = 0; i < 4; i++) Folder.Write($"data/vehicles/{kind}/{i}.png", TinyDataset.Image($"{kind}{i}"));
        Assert.Equal(["bus", "test tube", "train"], (await Lab.RegisterAsync("vehicles")).ClassNames);
    }

    [Theory]
    [InlineData(".jfif")]
    [InlineData(".jpe")]
    [InlineData(".jif")]
    [InlineData(".pjpeg")]
    [InlineData(".JFIF")]
    [InlineData(".dib")]
    [InlineData(".apng")]
    public async Task Every_ending_of_an_image_is_read(string ending)
    {
        for (var i = 0; i < 8; i++) Folder.Write($"data/tiny/{(i % 2 == 0 ? "cat" : "dog")}/{i}{ending}", TinyDataset.Image($"{i}"));
        Assert.Empty((await Lab.RegisterAsync("tiny")).Warnings);
        Assert.Equal(8, Lab.ImagesOf("tiny").Count);
    }

    [Fact]
    public async Task What_is_left_out_is_counted_over_all_classes()
    {
        TinyDataset.Write(Folder, "data/tiny");
        foreach (var kind in new[] { "a", "b", "c", "d" })
        {
            Folder.Write($"data/tiny/kind_{kind}/photo.heic", "x");
            Folder.Write($"data/tiny/kind_{kind}/more/photo.png", TinyDataset.Image(kind));
        }
        var warnings = (await Lab.RegisterAsync("tiny")).Warnings;
        Assert.Equal(2, warnings.Count);
        Assert.StartsWith("'kind_a/photo.heic', 'kind_b/photo.heic', 'kind_c/photo.heic' and 1 more are not read: not an image by its extension. JPEG, PNG", warnings[0], StringComparison.Ordinal);
        Assert.StartsWith("'kind_a/more', 'kind_b/more', 'kind_c/more' and 1 more are not read: folders where", warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_systems_leave_is_no_class_and_no_file()
    {
        TinyDataset.Write(Folder, "data/tiny");
        foreach (var system in new[] { ".git", "__MACOSX", "@eaDir", "lost+found", "$RECYCLE.BIN", "System Volume Information", "kind_a/@eaDir" })
            Folder.Write($"data/tiny/{system}/0.png", TinyDataset.Image(system));
        foreach (var file in new[] { "Thumbs.db", "kind_a/thumbs.db", "desktop.ini", "kind_b/Desktop.ini", ".DS_Store" }) Folder.Write("data/tiny/" + file, "x");
        var dataset = await Lab.RegisterAsync("tiny");
        Assert.Equal(["kind a", "kind b", "kind c", "kind d"], dataset.ClassNames);
        Assert.Empty(dataset.Warnings);
        Assert.Equal(40, Lab.ImagesOf("tiny").Count);
    }

    [Theory]
    [InlineData("flowers")]
    [InlineData("archive/flowers")]
    public async Task A_folder_around_the_dataset_is_passed_through(string inner)
    {
        TinyDataset.Write(Folder, $"data/download/{inner}");
        Folder.Write("data/download/LICENSE", "words");
        var dataset = await Lab.RegisterAsync("download");
        Assert.Equal("download", dataset.Name);
        Assert.Equal(["kind a", "kind b", "kind c", "kind d"], dataset.ClassNames);
        Assert.EndsWith(inner, dataset.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_in_a_folder_around_is_found()
    {
        for (var i = 0; i < 8; i++) Folder.Write($"data/download/inner/pictures/{i}.png", TinyDataset.Image($"{i}"));
        for (var i = 0; i < 8; i++) Folder.Write($"data/download/inner/others/{i}.png", TinyDataset.Image($"other {i}"));
        Folder.Write("data/download/inner/labels.csv", "image,class\n" + string.Concat(Enumerable.Range(0, 8).Select(i => $"pictures/{i}.png,{(i % 2 == 0 ? "fox" : "owl")}\n")));
        Assert.Equal("csv", (await Lab.RegisterAsync("download")).Layout);
    }

    [Fact]
    public async Task Folders_whose_names_differ_in_how_accents_are_written_are_twins()
    {
        foreach (var kind in new[] { "jalapeño", "jalapen\u0303o", "apple" })
            for (var i = 0; i < 4; i++) Folder.Write($"data/food/{kind}/{i}.png", TinyDataset.Image($"{kind}{i}"));
        await RefusedAsync("food", "2 classes are called 'jalapeño' once underscores are spaces, letters are lower case and accents are composed");
        Directory.Delete(Path.Combine(Folder, "data/food/jalapeño"), recursive: true);
        Assert.Equal(["apple", "jalapeño"], (await Lab.RegisterAsync("food")).ClassNames);
    }

    [Fact]
    public async Task A_file_whose_name_is_no_text_is_left_out_and_a_class_is_refused()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux' file systems hold names of any bytes.");
        TinyDataset.Write(Folder, "data/tiny");
        // é as Latin-1 has it.
        await ShellAsync("cp kind_a/00.png \"kind_a/$(printf 'caf\\351.png')\"; printf x >> \"kind_a/$(printf 'caf\\351.png')\"");
        try
        {
            var dataset = await Lab.RegisterAsync("tiny");
            Assert.Equal(["'kind_a/caf\uFFFD.png' is left out: the name is not UTF-8. Rename it to use it."], dataset.Warnings);
            Assert.Equal(40, Lab.ImagesOf("tiny").Count);

            await ShellAsync("cp -r kind_a \"$(printf 'caf\\351')\"");
            await RefusedAsync("tiny", "the class name 'caf\uFFFD' holds bytes that are not UTF-8, so the name is lost; rename its folder");
        }
        finally { await ShellAsync("rm -rf caf* kind_a/caf*"); } // .NET finds them no better when it tidies up
    }

    [Fact]
    public async Task A_link_that_leads_nowhere_is_left_out()
    {
        TinyDataset.Write(Folder, "data/tiny");
        File.CreateSymbolicLink(Path.Combine(Folder, "data/tiny/kind_a/gone.png"), "nowhere.png");
        Assert.Equal(
            ["'kind_a/gone.png' cannot be found (a link that leads nowhere, or a name that is not UTF-8) and is left out."], (await Lab.RegisterAsync("tiny")).Warnings);
    }

    [Fact]
    public async Task Classes_that_are_words_of_every_sentence_are_named()
    {
        foreach (var kind in new[] { "A", "B", "on" })
            for (var i = 0; i < 4; i++) Folder.Write($"data/signs/{kind}/{i}.png", TinyDataset.Image($"{kind}{i}"));
        Assert.Equal(
            ["The class names 'A', 'on' are everyday words, so templates and descriptions may contain them too. Clearer names make better prompts."],
            (await Lab.RegisterAsync("signs")).Warnings);
    }

    [Theory]
    [InlineData("My Photos (2024)", "My-Photos-2024")]
    [InlineData("büro-fotos", "büro-fotos")]
    [InlineData("bu\u0308ro fotos", "büro-fotos")]
    [InlineData("写真", "写真")]
    [InlineData("a & b, c!", "a-b-c")]
    [InlineData("[set] #1.v2", "set-1.v2")]
    public async Task A_name_is_made_of_any_folders(string folder, string name)
    {
        TinyDataset.Write(Folder, "data/" + folder);
        Assert.Equal(name, (await Lab.RegisterAsync(folder)).Name);
        Assert.Equal(name, (await Client.Datasets.GetDatasetAsync(new() { Name = name }, cancellationToken: Cancellation)).Dataset.Name);
    }

    [Fact]
    public async Task A_folder_that_gives_no_name_is_told_how_to_give_one()
    {
        TinyDataset.Write(Folder, "data/(!)");
        await RefusedAsync("(!)", "name is empty, and '(!)' gives none; use 1 to 64 letters, digits, '-', '_' or '.' (on the command line with --name).");
        TinyDataset.Write(Folder, "data/" + new string('x', 70));
        Assert.Equal(new string('x', 64), (await Lab.RegisterAsync(new string('x', 70))).Name);
    }

    [Fact]
    public async Task Folders_that_give_one_name_are_told_so()
    {
        TinyDataset.Write(Folder, "data/my photos");
        TinyDataset.Write(Folder, "data/my (photos)");
        await Lab.RegisterAsync("my photos");
        var refused = await OrchestratorLab.RefusedAsync(StatusCode.AlreadyExists, async () => await Lab.RegisterAsync("my (photos)"));
        Assert.Contains("give this one another name (on the command line with --name)", refused, StringComparison.Ordinal);
    }

    private void WriteSplit(string folder, string split, int images)
    {
        foreach (var kind in new[] { "cat", "dog" })
            for (var i = 0; i < images; i++) Folder.Write($"{folder}/{split}/{kind}/{i}.jpg", TinyDataset.Image($"{split}{kind}{i}"));
    }

    private async Task ShellAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = Path.Combine(Folder, "data/tiny") })!;
        await shell.WaitForExitAsync(Cancellation);
        Assert.Equal(0, shell.ExitCode);
    }

    private async Task<string> RefusedAsync(string path, string message)
    {
        var refused = await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Lab.RegisterAsync(path));
        Assert.Contains(message, refused, StringComparison.Ordinal);
        return refused;
    }
}
