using System.Text;
using Grpc.Core;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Datasets;

/// <summary>Tables as spreadsheets, scripts and people write them.</summary>
public sealed class TableTests : OrchestratorTest
{
    private const int Images = 8;

    private protected override Task PrepareAsync()
    {
        for (var i = 0; i < Images; i++) Folder.Write($"data/table/pictures/{i}.png", TinyDataset.Image($"{i}"));
        return Task.CompletedTask;
    }

    private static string Rows(char separator, Func<int, string> row) =>
        string.Concat(Enumerable.Range(0, Images).Select(i => row(i).Replace('|', separator) + "\r\n"));

    private static string Plain(int i) => $"pictures/{i}.png|{(i % 2 == 0 ? "fox" : "owl")}";

    public static TheoryData<string, string, string> Spellings => new()
    {
        { "semicolons", "labels.csv", "image;class\r\n" + Rows(';', Plain) },
        { "tabs", "labels.csv", "image\tclass\r\n" + Rows('\t', Plain) },
        { "an ending of its own", "labels.tsv", "image\tclass\r\n" + Rows('\t', Plain) },
        { "a line that names the separator", "labels.csv", "sep=;\r\nimage;class\r\n" + Rows(';', Plain) },
        { "that line with a comma", "labels.csv", "SEP=,\nimage,class\n" + Rows(',', Plain) },
        { "a byte order mark", "labels.csv", "\uFEFFimage;class\r\n" + Rows(';', Plain) },
        { "capitals", "LABELS.CSV", "IMAGE,Class\r\n" + Rows(',', Plain) },
        { "empty columns", "labels.csv", "image,class,,\r\n" + Rows(',', i => Plain(i) + "||") },
        { "an empty column in front", "labels.csv", ";image;;class\r\n" + Rows(';', i => "|" + Plain(i).Replace("|", "||", StringComparison.Ordinal)) },
        { "rows of one cell more, and empty", "labels.csv", "image,class\r\n" + Rows(',', i => Plain(i) + "|") },
        { "rows that end early", "labels.csv", "image,class,,\r\n" + Rows(',', Plain) },
        { "empty rows", "labels.csv", "\r\nimage,class,\r\n,,\r\n" + Rows(',', i => Plain(i) + "|\r\n||\r\n") + ",,\r\n  , ,\r\n" },
        { "quotation marks", "labels.csv", "\"image\";\"class\"\r\n" + Rows(';', i => $"\"{Plain(i).Replace("|", "\" | \"", StringComparison.Ordinal)}\"") },
        { "blanks around", "labels.csv", " image , class \r\n" + Rows(',', i => Plain(i).Replace("|", " | ", StringComparison.Ordinal)) },
        { "other words", "labels.csv", "filename,label\r\n" + Rows(',', Plain) },
        { "other words in capitals", "labels.csv", "File Path;Class Name\r\n" + Rows(';', Plain) },
        { "still others", "labels.csv", "path,category\n" + Rows(',', Plain) },
        { "a dot in front of paths", "labels.csv", "image,class\n" + Rows(',', i => "./" + Plain(i)) },
        { "backslashes", "labels.csv", "image,class\n" + Rows(',', i => ".\\" + Plain(i).Replace('/', '\\')) },
        { "doubled slashes", "labels.csv", "image,class\n" + Rows(',', i => Plain(i).Replace("/", "/.//", StringComparison.Ordinal)) },
        { "lines that end as on an old Mac", "labels.csv", ("image,class\r\n" + Rows(',', Plain)).Replace("\r\n", "\r", StringComparison.Ordinal) },
    };

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task Every_spelling_of_a_table_is_read(string spelling, string name, string table)
    {
        Folder.Write("data/table/" + name, table);
        var dataset = await Lab.RegisterAsync("table");
        Assert.True(dataset.Layout == "csv", spelling);
        Assert.Equal(["fox", "owl"], dataset.ClassNames);
        Assert.Equal(
            Enumerable.Range(0, Images).ToDictionary(i => $"pictures/{i}.png", i => i % 2), Lab.ImagesOf("table").ToDictionary(image => image.Path, image => image.Label));
        Assert.Empty(dataset.Warnings);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("utf-8")]
    public async Task What_a_byte_order_mark_says_is_read(string encoding)
    {
        var text = "image;class\r\n" + Rows(';', i => Plain(i).Replace("fox", "Füchsin", StringComparison.Ordinal));
        var known = Encoding.GetEncoding(encoding);
        Folder.Write("data/table/labels.csv", [.. known.GetPreamble(), .. known.GetBytes(text)]);
        Assert.Equal(["Füchsin", "owl"], (await Lab.RegisterAsync("table")).ClassNames);
    }

    // "Müller" and "Möller" would both be "M\uFFFDller", and so one class.
    [Theory]
    [InlineData("labels.csv", "labels.csv, line 3: the bytes there are not UTF-8, so names would be lost. Save the file as UTF-8")]
    [InlineData("LABELS.TSV", "LABELS.TSV, line 3")]
    public async Task Bytes_that_are_no_text_are_refused_with_the_line(string name, string message)
    {
        Folder.Write("data/table/" + name, Encoding.Latin1.GetBytes("image;class\r\npictures/0.png;Schmidt\r\n" + Rows(';', i => $"pictures/{i}.png|{(i % 2 == 0 ? "Müller" : "Möller")}")));
        await RefusedAsync("table", message);
    }

    [Fact]
    public async Task Half_a_character_of_utf16_is_refused_with_the_line()
    {
        Folder.Write("data/table/labels.csv", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("image,class\npictures/0.png,"), 0x00, 0xD8, 0x0A, 0x00]);
        await RefusedAsync("table", "labels.csv, line 2: the bytes there are not UTF-16");
    }

    [Fact]
    public async Task Far_into_a_large_table_the_line_is_right()
    {
        var head = "image,class\n" + string.Concat(Enumerable.Repeat("pictures/0.png,ein Fuchs über Wasser\n", 20_000));
        Folder.Write("data/table/labels.csv", [.. Encoding.UTF8.GetBytes(head), .. "pictures/1.png,M"u8, 0xFC, .. "ller\n"u8]);
        await RefusedAsync("table", "labels.csv, line 20002: the bytes there are not UTF-8");
        Folder.Write("data/table/labels.csv", [.. Encoding.UTF8.GetBytes(head), 0xC3]);
        await RefusedAsync("table", "labels.csv, line 20002: the bytes there are not UTF-8");
    }

    [Theory]
    [InlineData("variants.txt")]
    [InlineData("images_variant_test.txt")]
    public async Task A_published_list_is_refused_alike(string broken)
    {
        foreach (var list in new[] { "variants.txt", "images_variant_train.txt", "images_variant_val.txt", "images_variant_test.txt" })
            Folder.Write($"data/air/{list}", Encoding.Latin1.GetBytes(list == broken ? "\nDoppeldecker ü\n" : list == "variants.txt" ? "A380\nB747\n" : ""));
        Directory.CreateDirectory(Path.Combine(Folder, "data/air/images"));
        await RefusedAsync("air", $"{broken}, line 2: the bytes there are not UTF-8");
    }

    [Fact]
    public async Task A_split_file_of_json_is_refused_alike()
    {
        Folder.Write("data/table/split_zhou_T.json", Encoding.Latin1.GetBytes("""{"train":[["0.png",0,"Müller"]],"test":[["1.png",0,"Müller"]]}"""));
        await RefusedAsync("table", "split_zhou_T.json is not a CoOp split file");
    }

    [Fact]
    public async Task A_table_beside_image_folders_gives_the_classes_and_what_it_does_not_list_is_named()
    {
        for (var i = 0; i < 4; i++) Folder.Write($"data/table/more/{i}.png", TinyDataset.Image($"more {i}"));
        Folder.Write("data/table/labels.csv", "filename;label\r\n" + Rows(';', Plain));
        var dataset = await Lab.RegisterAsync("table");
        Assert.Equal(["fox", "owl"], dataset.ClassNames);
        Assert.Equal(["'more/0.png', 'more/1.png', 'more/2.png' and 1 more are not read: labels.csv does not list them."], dataset.Warnings);
    }

    [Theory]
    [InlineData("notes.csv", "author;year\nme;2024\n")]
    [InlineData("labels.xlsx", "PK")]
    [InlineData("labels.json", "{}")]
    [InlineData("notes.CSV", "")]
    public async Task A_table_that_is_not_read_is_never_passed_over_in_silence(string name, string content)
    {
        TinyDataset.Write(Folder, "data/tiny");
        Folder.Write("data/tiny/" + name, content);
        var dataset = await Lab.RegisterAsync("tiny");
        Assert.Equal("folder", dataset.Layout);
        Assert.Equal([$"'{name}' is not read, and the folders' names are the classes. If labels stand in there, give a CSV file with the columns image and class."], dataset.Warnings);
    }

    [Fact]
    public async Task A_column_that_could_have_been_meant_too_is_named()
    {
        Folder.Write("data/table/labels.csv", "image,label,class_name,subset\n" + Rows(',', i => $"pictures/{i}.png|{i % 2}|{(i % 2 == 0 ? "fox" : "owl")}|{(i < 4 ? "Training" : i < 6 ? "dev" : "TESTING")}"));
        var dataset = await Lab.RegisterAsync("table");
        Assert.Equal(["fox", "owl"], dataset.ClassNames);
        Assert.Equal((4, 2, 2), (dataset.TrainImages, dataset.ValidationImages, dataset.TestImages));
        Assert.Equal(["labels.csv: the columns 'class_name' and 'label' could hold the classes; those of 'class_name' are taken."], dataset.Warnings);
    }

    [Fact]
    public async Task Names_that_differ_in_how_accents_are_written_are_one_class()
    {
        Folder.Write("data/table/labels.csv", "image,class\n" + Rows(',', i => $"pictures/{i}.png|{(i % 2 == 0 ? "fox" : i < 4 ? "jalapeño" : "jalapen\u0303o")}"));
        Assert.Equal(["fox", "jalapeño"], (await Lab.RegisterAsync("table")).ClassNames);
    }

    [Fact]
    public async Task A_semicolon_in_a_cell_is_told_by_its_name()
    {
        Folder.Write("data/table/labels.csv", "image;class\npictures/0.png;owl; snowy\n");
        await RefusedAsync("table", "labels.csv, line 2 has 3 cells, and the header has 2; put a cell with a semicolon in quotation marks.");
    }

    private async Task RefusedAsync(string path, string message) =>
        Assert.Contains(
            message,
            await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Lab.RegisterAsync(path)), StringComparison.Ordinal);
}
