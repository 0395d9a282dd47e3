using System.Text.Json;
using Ipo.Samples.Datasets;
using Ipo.Samples.World;
using SkiaSharp;
using Xunit;

namespace Ipo.Tests.Samples.Datasets;

public sealed class SampleDatasetTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "ipo-samples-" + Guid.NewGuid().ToString("N"));

    private static DatasetRequest Small { get; } = new(["chalk", "cartoon"], ["bird"]) { Classes = ["crane", "owl"], CountPerClass = 4, Seed = 7, Size = 32 };

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private void Draw(DatasetRequest request, bool force = false, IProgress<int>? progress = null) =>
        SampleDataset.Draw(request, _folder, force, progress, TestContext.Current.CancellationToken);

    [Fact]
    public void Writes_a_folder_for_each_class_and_captions_of_what_was_drawn()
    {
        Draw(Small);
        Assert.Equal(["crane", "owl"], Directory.GetDirectories(_folder).Select(d => Path.GetFileName(d)!).Order());
        var captions = File.ReadAllLines(Path.Combine(_folder, "captions.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(8, captions.Count);
        foreach (var caption in captions)
        {
            var file = caption.GetProperty("file").GetString()!;
            using var picture = SKBitmap.Decode(Path.Combine(_folder, file));
            Assert.Equal((32, 32), (picture.Width, picture.Height));
            Assert.StartsWith(caption.GetProperty("class").GetString() + "/", file, StringComparison.Ordinal);
            var text = caption.GetProperty("caption").GetString()!;
            foreach (var key in (string[])["class", "category", "style", "colour", "background", "view"])
                Assert.Contains(caption.GetProperty(key).GetString()!, text, StringComparison.Ordinal);
        }
        Assert.Equal(["chalk", "cartoon", "chalk", "cartoon"], captions.Take(4).Select(c => c.GetProperty("style").GetString()));
    }

    [Fact]
    public void Names_the_background_of_the_style_and_no_colour_where_it_cannot_be_seen()
    {
        Draw(Small with { Styles = ["blueprint"], CountPerClass = 1 });
        var caption = JsonDocument.Parse(File.ReadLines(Path.Combine(_folder, "captions.jsonl")).Last()).RootElement;
        Assert.Equal(JsonValueKind.Null, caption.GetProperty("colour").ValueKind);
        Assert.StartsWith("a blueprint of an owl, a type of bird, on blue paper, ", caption.GetProperty("caption").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Draws_the_same_files_again()
    {
        Draw(Small);
        var before = Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Order().ToDictionary(f => f, File.ReadAllBytes);
        Draw(Small, force: true);
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
    }

    [Fact]
    public void Overwrites_nothing_unless_forced_and_then_only_its_own()
    {
        Draw(Small);
        var refused = Assert.Throws<IOException>(() => Draw(Small));
        Assert.Contains("--force", refused.Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "owl", "mine.txt"), "kept");
        File.WriteAllText(Path.Combine(_folder, "owl", "0999.png"), "kept");
        Draw(Small with { Classes = ["duck"], CountPerClass = 1 }, force: true);
        Assert.False(Directory.Exists(Path.Combine(_folder, "crane")));
        Assert.Equal(["0999.png", "mine.txt"], Directory.GetFiles(Path.Combine(_folder, "owl")).Select(Path.GetFileName).Order());
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "duck")));
    }

    [Fact]
    public void Refuses_a_folder_that_was_not_drawn_even_when_forced()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, "letter.txt"), "kept");
        Assert.Throws<IOException>(() => Draw(Small, force: true));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    public void Says_what_to_do_about_a_card_that_cannot_be_read(string card)
    {
        Draw(Small);
        File.WriteAllText(Path.Combine(_folder, "sample.json"), card);
        Assert.Contains("does not say what was drawn", Assert.Throws<IOException>(() => Draw(Small, force: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_its_progress()
    {
        var counts = new System.Collections.Concurrent.ConcurrentBag<int>();
        Draw(Small, progress: new Counts(counts));
        Assert.Equal(Enumerable.Range(1, 8), counts.Order());
    }

    [Theory]
    [InlineData("chalk", "bird", "a chalk drawing of a <CLASS>, a type of bird.")]
    [InlineData("neon", "building", "a neon sign of a <CLASS>.")]
    public void Knows_its_true_template(string style, string category, string template) =>
        Assert.Equal(template, new DatasetRequest([style], [category]).TrueTemplate);

    [Fact]
    public void The_first_start_has_ambiguous_names_and_enough_pictures()
    {
        var first = DatasetRequest.FirstStart;
        Assert.True(first.CountPerClass >= 60);
        Assert.True(SampleWorld.Things.Count(t => first.Categories.Contains(t.Category)) >= 10);
        Assert.True(SampleWorld.Things.Count(t => first.Categories.Contains(t.Category) && t.OtherSenses.Count > 0) >= 3);
        Assert.NotEqual("a photo of a <CLASS>.", first.TrueTemplate);
    }

    [Theory]
    [InlineData("oil", "bird", "owl", 1, 32, "Unknown style 'oil'")]
    [InlineData("chalk", "planet", "owl", 1, 32, "Unknown category 'planet'")]
    [InlineData("chalk", "bird", "mars", 1, 32, "There is no 'mars' in bird")]
    [InlineData("chalk", "bird", "owl", 0, 32, "count per class must be 1 to 9999, but is 0")]
    [InlineData("chalk", "bird", "owl", 1, 31, "size must be 32 to 512 pixels, but is 31")]
    public void Says_what_cannot_be_drawn(string style, string category, string name, int count, int size, string message)
    {
        var request = new DatasetRequest([style], [category]) { Classes = [name], CountPerClass = count, Size = size };
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => Draw(request)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public void Two_senses_of_a_name_cannot_be_one_class()
    {
        var both = new DatasetRequest(["chalk"], ["bird", "machine"]) { CountPerClass = 1, Size = 32 };
        Assert.Contains("'crane' is in bird and in machine", Assert.Throws<ArgumentException>(() => Draw(both)).Message, StringComparison.Ordinal);
        Draw(both with { Classes = ["owl", "robot"] });
        Assert.Equal("a chalk drawing of a <CLASS>.", (both with { Classes = ["owl", "robot"] }).TrueTemplate);
    }

    private sealed class Counts(System.Collections.Concurrent.ConcurrentBag<int> counts) : IProgress<int>
    {
        public void Report(int value) => counts.Add(value);
    }
}
