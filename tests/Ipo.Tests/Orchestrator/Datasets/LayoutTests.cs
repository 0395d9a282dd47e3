using System.Globalization;
using System.Text.Json;
using Grpc.Core;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Datasets;

/// <summary>The layouts of published datasets and of one's own tables, as small trees of drawn pictures.</summary>
public sealed class LayoutTests : OrchestratorTest
{
    private static readonly Lazy<byte[][]> Pictures = new(() =>
    {
        var drawn = new DrawnPictures(40);
        return [.. Enumerable.Range(0, 40).Select(_ => drawn.Next())];
    });

    private int _used;

    [Theory]
    [InlineData("caltech-101", "101_ObjectCategories", "split_zhou_Caltech101.json", "Faces/image_{0:0000}.jpg")]
    [InlineData("oxford_pets", "images", "split_zhou_OxfordPets.json", "Abyssinian_{0}.jpg")]
    [InlineData("stanford_cars", "", "split_zhou_StanfordCars.json", "cars_train/{0:00000}.jpg")]
    [InlineData("oxford_flowers", "jpg", "split_zhou_OxfordFlowers.json", "image_{0:00000}.jpg")]
    [InlineData("food-101", "images", "split_zhou_Food101.json", "apple_pie/{0}.jpg")]
    [InlineData("sun397", "SUN397", "split_zhou_SUN397.json", "a/abbey/sun_{0}.jpg")]
    [InlineData("dtd", "images", "split_zhou_DescribableTextures.json", "banded/banded_{0:0000}.jpg")]
    [InlineData("eurosat", "2750", "split_zhou_EuroSAT.json", "AnnualCrop/AnnualCrop_{0}.jpg")]
    [InlineData("ucf101", "UCF-101-midframes", "split_zhou_UCF101.json", "Apply_Eye_Makeup/v_ApplyEyeMakeup_g{0:00}_c03.jpg")]
    public async Task Coops_folder_of_a_dataset_registers_by_itself(string folder, string images, string split, string path)
    {
        // What else CoOp's instructions leave in these folders does not get in the way.
        foreach (var other in new[] { "annotations", "meta", "devkit", "imdb" }) Directory.CreateDirectory(Path.Combine(Folder, "data", folder, other));
        Folder.Write($"data/{folder}/README.txt", "words");
        WriteSplit($"data/{folder}", images, split, path, ("train", 4), ("val", 2), ("test", 4));

        var dataset = await Lab.RegisterAsync(folder);
        Assert.Equal((folder, "coop-split", 4, 2, 4), (dataset.Name, dataset.Layout, dataset.TrainImages, dataset.ValidationImages, dataset.TestImages));
        Assert.Equal(["first class", "second"], dataset.ClassNames);
        Assert.Empty(dataset.Warnings);
        // In each list the first class and the second in turn, over paths that count through all lists.
        var listed = Enumerable.Range(0, 10).Select(number =>
            $"{(images.Length > 0 ? images + "/" : "")}{string.Format(CultureInfo.InvariantCulture, path, number)} {number % 2} {(number < 4 ? "Train" : number < 6 ? "Validation" : "Test")}");
        Assert.Equal(listed, Lab.LinesOf(folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("data/")]
    public async Task Aircraft_register_from_their_own_lists_as_the_archive_or_coop_lays_them_out(string prefix)
    {
        WriteAircraft("data/fgvc_aircraft/" + prefix);
        var dataset = await Lab.RegisterAsync("fgvc_aircraft");
        Assert.Equal(("fgvc-aircraft", 4, 2, 2), (dataset.Layout, dataset.TrainImages, dataset.ValidationImages, dataset.TestImages));
        // The order of variants.txt and not of the alphabet: it decides which classes are base.
        Assert.Equal(["A380", "737-700"], dataset.ClassNames);
        Assert.Equal(
            ((string[])["0000001.jpg 0 Train", "0000002.jpg 1 Train", "0000003.jpg 0 Train", "0000004.jpg 1 Train", "0000005.jpg 0 Validation", "0000006.jpg 1 Validation", "0000007.jpg 0 Test", "0000008.jpg 1 Test"])
                .Select(line => $"{prefix}images/{line}"),
            Lab.LinesOf("fgvc_aircraft"));
    }

    [Fact]
    public async Task Wrong_aircraft_lists_are_refused_with_the_line()
    {
        WriteAircraft("data/air/");
        Folder.Write("data/air/images_variant_val.txt", "0000005 A380\n0000006 Spitfire\n");
        await RefusedAsync("air", "images_variant_val.txt, line 2: the class 'Spitfire' is not in variants.txt");
        Folder.Write("data/air/images_variant_val.txt", "0000005\n");
        await RefusedAsync("air", "images_variant_val.txt, line 1: '0000005' is not an image's number, a space and its class");
        Folder.Write("data/air/images_variant_val.txt", "../x A380\n");
        await RefusedAsync("air", "images_variant_val.txt, line 1: '../x' is not an image's number");
        Folder.Write("data/air/images_variant_val.txt", "0000099 A380\n");
        await RefusedAsync("air", "images_variant_val.txt lists 1 of 1 images that are not in");
        Folder.Write("data/air/variants.txt", "A380\nA380\n");
        await RefusedAsync("air", "variants.txt, line 2 repeats the class 'A380'");
        File.Delete(Path.Combine(Folder, "data/air/variants.txt"));
        File.Delete(Path.Combine(Folder, "data/air/images_variant_test.txt"));
        await RefusedAsync("air", "has some of FGVC-Aircraft's files but not variants.txt, images_variant_test.txt");
    }

    [Fact]
    public async Task ImageNet_registers_with_its_validation_images_as_the_test()
    {
        WriteImageNet("n00000001 missile\nn00000002 great owl\nn00000003 missile\nn99999999 not here\n");
        var dataset = await Lab.RegisterAsync("imagenet");
        Assert.Equal(("imagenet", 6, 0, 3), (dataset.Layout, dataset.TrainImages, dataset.ValidationImages, dataset.TestImages));
        Assert.Equal(["missile", "great owl", "missile"], dataset.ClassNames);
        Assert.Equal(
            [
                "images/train/n00000001/0.JPEG 0 Train", "images/train/n00000001/1.JPEG 0 Train", "images/train/n00000002/0.JPEG 1 Train",
                "images/train/n00000002/1.JPEG 1 Train", "images/train/n00000003/0.JPEG 2 Train", "images/train/n00000003/1.JPEG 2 Train",
                "images/val/n00000001/0.JPEG 0 Test", "images/val/n00000002/0.JPEG 1 Test", "images/val/n00000003/0.JPEG 2 Test",
            ],
            Lab.LinesOf("imagenet"));
        Assert.Contains(dataset.Warnings, warning => warning.StartsWith("2 classes are called 'missile'", StringComparison.Ordinal) && warning.EndsWith("the first of them gets all their images.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_incomplete_ImageNet_is_told_what_is_missing()
    {
        WriteImageNet("n00000001 missile\nn00000002 great owl\n");
        await RefusedAsync("imagenet", "classnames.txt has no line for 'n00000003'");
        Folder.Write("data/imagenet/classnames.txt", "n00000001\n");
        await RefusedAsync("imagenet", "classnames.txt, line 1: 'n00000001' is not a folder's name, a space and the class's name");
        Folder.Write("data/imagenet/classnames.txt", "n00000001 a\nn00000001 b\n");
        await RefusedAsync("imagenet", "classnames.txt, line 2 names 'n00000001' again");
        File.Delete(Path.Combine(Folder, "data/imagenet/classnames.txt"));
        await RefusedAsync("imagenet", "and no classnames.txt");
        Folder.Write("data/imagenet/classnames.txt", "n00000001 a\nn00000002 b\nn00000003 c\n");
        Folder.Write("data/imagenet/images/val/n00000004/1.jpg", Next());
        await RefusedAsync("imagenet", "images/val/ has 'n00000004' and images/train/ has not");
        Directory.Delete(Path.Combine(Folder, "data/imagenet/images/val"), recursive: true);
        await RefusedAsync("imagenet", "and no images/val/");
        Folder.Write("data/imagenet/images/val/ILSVRC2012_val_00000001.JPEG", Next());
        await RefusedAsync("imagenet", "images/val/ holds no folders. The download's validation images lie side by side");
    }

    [Fact]
    public async Task Repetitions_in_a_published_dataset_are_left_out_and_test_images_stay()
    {
        WriteImageNet("n00000001 a\nn00000002 b\nn00000003 c\n");
        void Copy(string from, string to) => File.Copy(Path.Combine(Folder, "data/imagenet/images", from), Path.Combine(Folder, "data/imagenet/images", to));
        Copy("val/n00000001/0.JPEG", "train/n00000001/9.JPEG");
        Copy("train/n00000002/0.JPEG", "train/n00000003/9.JPEG");
        Copy("train/n00000002/1.JPEG", "train/n00000002/9.JPEG");
        var dataset = await Lab.RegisterAsync("imagenet");
        Assert.Equal((6, 3), (dataset.TrainImages, dataset.TestImages));
        Assert.Contains("'images/train/n00000001/9.JPEG' repeats an image of another split and is left out.", dataset.Warnings);
        Assert.Contains("'images/train/n00000003/9.JPEG' repeats an image of another class and is left out.", dataset.Warnings);
        Assert.Contains("'images/train/n00000002/9.JPEG' repeats an image of the same class and is left out.", dataset.Warnings);
    }

    [Fact]
    public async Task A_csv_gives_images_classes_and_splits_in_any_order_of_columns()
    {
        for (var i = 0; i < 6; i++) Folder.Write($"data/table/pictures/{i}.png", Next());
        Folder.Write("data/table/labels.csv",
            "\uFEFFSplit,note,Class,IMAGE\r\ntrain,\"says \"\"hello\"\", twice\",red_fox,pictures/0.png\r\ntest,,red fox,pictures/1.png\r\n\r\nvalidation,,owl,pictures\\2.png\r\ntrain,,owl,pictures/3.png\r\nTest,,owl,pictures/4.png\r\ntrain,,owl,pictures/5.png");
        var dataset = await Lab.RegisterAsync("table");
        Assert.Equal(("csv", 3, 1, 2), (dataset.Layout, dataset.TrainImages, dataset.ValidationImages, dataset.TestImages));
        Assert.Equal(["owl", "red fox"], dataset.ClassNames);
        Assert.Equal(
            ["pictures/0.png 1 Train", "pictures/1.png 1 Test", "pictures/2.png 0 Validation", "pictures/3.png 0 Train", "pictures/4.png 0 Test", "pictures/5.png 0 Train"],
            Lab.LinesOf("table"));
    }

    [Fact]
    public async Task A_csv_without_splits_has_them_made()
    {
        var lines = new List<string> { "image,class" };
        for (var i = 0; i < 20; i++)
        {
            Folder.Write($"data/table/{i}.png", Next());
            lines.Add($"{i}.png,{(i % 2 == 0 ? "fox" : "owl")}");
        }
        Folder.Write("data/table/labels.csv", string.Join('\n', lines) + "\n");
        var dataset = await Lab.RegisterAsync("table");
        Assert.Equal((10, 4, 6), (dataset.TrainImages, dataset.ValidationImages, dataset.TestImages));
        Assert.Equal(["fox", "owl"], dataset.ClassNames);
        Assert.Equal(Enumerable.Range(0, 20).ToDictionary(i => $"{i}.png", i => i % 2), Lab.ImagesOf("table").ToDictionary(image => image.Path, image => image.Label));
    }

    [Theory]
    [InlineData("image,class\n0.png,fox\n0.png\n", "labels.csv, line 3 has 1 cells, and the header has 2")]
    [InlineData("image,class\n\"0.png,fox\n", "labels.csv, line 2: a quotation mark is opened and never closed")]
    [InlineData("image,class\n\"0.png\"x,fox\n", "labels.csv, line 2: 'x' follows a closing quotation mark")]
    [InlineData("image,class\n../0.png,fox\n", "labels.csv, line 2: the path '../0.png' is not one below the folder of labels.csv")]
    [InlineData("image,class\n/etc/passwd,fox\n", "labels.csv, line 2: the path '/etc/passwd' is not one below")]
    [InlineData("image,class\n0.png,\n", "labels.csv, line 2: the class of '0.png' is empty")]
    [InlineData("image,class,split\n\n0.png,fox,train\n0.png,fox,extra\n", "labels.csv, line 4: 'extra' is not a split; use train or training, val, valid, validation or dev, test or testing, in any case.")]
    [InlineData("image,class\n0.png,fox\n7.png,owl\n", "labels.csv lists 1 of 2 images that are not in")]
    [InlineData("image,class\n", "labels.csv lists no images")]
    [InlineData("image,class,Image\n", "labels.csv, line 1: the header 'image,class,Image' names a column twice")]
    [InlineData("author;year\n0.png;fox\n", "labels.csv in {0} is not a CSV file whose first line has the columns image and class (and perhaps split), and there are no class folders either. Its first line has 'author', 'year'. Commas, ")]
    public async Task A_wrong_csv_is_refused_with_the_line(string csv, string message)
    {
        Folder.Write("data/table/0.png", Next());
        Folder.Write("data/table/labels.csv", csv);
        await RefusedAsync("table", message.Replace("{0}", Path.Combine(Folder, "data/table"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_tables_are_refused_and_one_beside_class_folders_may_be_anything()
    {
        TinyDataset.Write(Folder, "data/tiny");
        Folder.Write("data/tiny/notes.csv", "author,year\nme,2024\n");
        Assert.Equal("folder", (await Lab.RegisterAsync("tiny")).Layout);
        Folder.Write("data/tiny/a.csv", "image,class\n");
        Folder.Write("data/tiny/b.csv", "class,image\n");
        await RefusedAsync("tiny", "holds 2 CSV files with images and classes (a.csv, b.csv)");
    }

    [Fact]
    public async Task A_csv_does_not_reach_through_links()
    {
        Folder.Write("outside/1.png", Next());
        Directory.CreateDirectory(Path.Combine(Folder, "data/table"));
        Directory.CreateSymbolicLink(Path.Combine(Folder, "data/table/out"), Path.Combine(Folder, "outside"));
        Folder.Write("data/table/labels.csv", "image,class\nout/1.png,fox\n");
        await RefusedAsync("table", "lists 'out/1.png', which leads out of the dataset root");
    }

    [Fact]
    public async Task A_linked_image_is_refused_in_a_folder_whose_other_images_are_its_own_too()
    {
        Folder.Write("outside/1.png", Next());
        Folder.Write("data/table/0.png", Next());
        File.CreateSymbolicLink(Path.Combine(Folder, "data/table/1.png"), Path.Combine(Folder, "outside/1.png"));
        Folder.Write("data/table/labels.csv", "image,class,split\n0.png,fox,train\n1.png,owl,train\n");
        await RefusedAsync("table", "labels.csv lists '1.png', which leads out of the dataset root through a symbolic link; put the file itself there.");
    }

    [Theory]
    [InlineData("labels.csv", "image,class\n0.png,fox\n1.png,owl\n2.png,fox\n3.png,owl\n")]
    [InlineData("split_zhou_A.json", """{"train":[["0.png",0,"fox"],["1.png",1,"owl"]],"test":[["2.png",0,"fox"],["3.png",1,"owl"]]}""")]
    public async Task A_list_that_is_a_link_out_of_the_root_is_not_read(string list, string content)
    {
        for (var i = 0; i < 4; i++) Folder.Write($"data/table/{i}.png", Next());
        var elsewhere = Folder.Write("outside/" + list, content);
        File.CreateSymbolicLink(Path.Combine(Folder, "data/table", list), elsewhere);
        await RefusedAsync("table", $"'{list}' is a symbolic link that leads out of the dataset root; put the file itself there.");
    }

    [Fact]
    public async Task A_folder_of_nothing_known_is_told_everything_that_was_looked_for()
    {
        Folder.Write("data/what/readme.md", "x");
        var message = await RefusedAsync("what", "holds no folders. A dataset is a folder with a folder of images for each class");
        foreach (var sought in new[] { "columns image and class", "split_zhou_*.json", "images_variant_train.txt", "classnames.txt" })
            Assert.Contains(sought, message, StringComparison.Ordinal);
    }

    private void WriteSplit(string folder, string images, string split, string path, params (string List, int Images)[] lists)
    {
        var number = 0;
        var entries = lists.ToDictionary(list => list.List, list => Enumerable.Range(0, list.Images).Select(i =>
        {
            var file = string.Format(CultureInfo.InvariantCulture, path, number++);
            Folder.Write($"{folder}/{(images.Length > 0 ? images + "/" : "")}{file}", Next());
            return new object[] { file, i % 2, i % 2 == 0 ? "first_class" : "second" };
        }).ToArray());
        Folder.Write($"{folder}/{split}", JsonSerializer.Serialize(entries));
    }

    private void WriteAircraft(string folder)
    {
        for (var i = 1; i < 9; i++) Folder.Write($"{folder}images/{i:0000000}.jpg", Next());
        Folder.Write($"{folder}variants.txt", "A380\n737-700\n");
        Folder.Write($"{folder}families.txt", "A380\nBoeing 737\n");
        Folder.Write($"{folder}images_variant_train.txt", "0000001 A380\n0000002 737-700\n0000003 A380\n0000004 737-700\n");
        Folder.Write($"{folder}images_variant_val.txt", "0000005 A380\n0000006 737-700\n");
        Folder.Write($"{folder}images_variant_test.txt", "0000007 A380\n0000008 737-700\n");
    }

    private void WriteImageNet(string names)
    {
        Folder.Write("data/imagenet/classnames.txt", names);
        foreach (var (part, images) in new[] { ("train", 2), ("val", 1) })
            for (var id = 1; id < 4; id++)
                for (var i = 0; i < images; i++) Folder.Write($"data/imagenet/images/{part}/n0000000{id}/{i}.JPEG", Next());
    }

    private byte[] Next() => Pictures.Value[_used++];

    private async Task<string> RefusedAsync(string path, string message)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await Lab.RegisterAsync(path));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains(message, refused.Status.Detail, StringComparison.Ordinal);
        return refused.Status.Detail;
    }
}
