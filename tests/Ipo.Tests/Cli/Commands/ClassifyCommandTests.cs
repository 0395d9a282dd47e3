using System.Text.Json;
using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Commands;

public sealed class ClassifyCommandTests : CommandTest
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ipo-cli-");

    private protected override void Prepare()
    {
        Orchestrator.Classify = content => content.IsEmpty
            ? new() { Outcome = ImageOutcome.Rejected, Rejection = "The file is empty." }
            : new() { Outcome = ImageOutcome.Encoded, Classes = { new ClassProbability { ClassName = $"class {content[0]}", Probability = 0.75 }, new ClassProbability { ClassName = "other", Probability = 0.25 } } };
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Images_are_classified_in_the_order_given()
    {
        var (b, a) = (Image("b.jpg", 2), Image("a.jpg", 1));
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("classify", "r1", b, a, "--top", "2", "--all-classes"));
        Assert.Equal([b, b, a, a], Column(line, 0));
        Assert.Equal(["class 2", "other", "class 1", "other"], Column(line, 1));
        Assert.Equal(["75.0 %", "25.0 %", "75.0 %", "25.0 %"], Column(line, 2));
        Assert.Equal("Template: a <CLASS>.\n", line.Error);
        var request = Orchestrator.Requests.OfType<ClassifyImagesRequest>().Single();
        Assert.Equal(("r1", 2, true), (request.RunId, request.TopK, request.AllClasses));
    }

    [Fact]
    public async Task A_template_that_is_read_otherwise_than_it_is_written_is_told_once()
    {
        Orchestrator.Repaired.Add(new() { Template = "a <CLASS>.", ReadAs = "one <CLASS>." });
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync(["classify", "r1", .. Enumerable.Range(0, 65).Select(i => Image($"{i}.jpg", 1))]));
        Assert.Equal("Template: a <CLASS>.\nThe checkpoint's tokenizer repairs text: 'a <CLASS>.' is scored as 'one <CLASS>.'.\n", line.Error);
    }

    [Fact]
    public async Task The_checkpoint_is_named()
    {
        Orchestrator.Checkpoints = (new() { Name = "clip", Digest = new string('c', 64), Precision = "fp32" }, null);
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("classify", "r1", Image("a.jpg", 1)));
        Assert.Equal("Template: a <CLASS>.\nCheckpoint: clip cccccccccccc (fp32)\n", line.Error);
        Assert.False(Orchestrator.Requests.OfType<ClassifyImagesRequest>().Single().AnyCheckpoint);
    }

    [Fact]
    public async Task Another_checkpoint_than_the_runs_is_asked_for_and_warned_of_once()
    {
        Orchestrator.Checkpoints = (
            new() { Name = "other", Digest = new string('d', 64), Precision = "fp16" }, new() { Name = "clip", Digest = new string('c', 64), Precision = "fp32" });
        const string Warning = "Warning: this is other dddddddddddd (fp16), and the run was made with clip cccccccccccc (fp32). "
            + "What the run found need not hold here, and its figures say nothing of these answers.\n";
        foreach (var json in (string[][])[[], ["--json"]])
        {
            var line = Line();
            string[] arguments = ["classify", "r1", .. Enumerable.Range(0, 65).Select(i => Image($"{i}.jpg", 1)), "--any-checkpoint", .. json];
            Assert.Equal(ExitCode.Done, await line.RunAsync(arguments));
            Assert.EndsWith(Warning, line.Error, StringComparison.Ordinal);
            Assert.Single(line.Error.Split("Warning")[1..]);
            if (json.Length == 0) continue;
            using var document = JsonDocument.Parse(line.Out);
            Assert.Equal(("other", "clip"), (Name(document, "model"), Name(document, "runModel")));
        }
        Assert.All(Orchestrator.Requests.OfType<ClassifyImagesRequest>(), request => Assert.True(request.AnyCheckpoint));

        static string? Name(JsonDocument document, string model) => document.RootElement.GetProperty(model).GetProperty("name").GetString();
    }

    [Fact]
    public async Task A_refusal_is_printed_as_the_orchestrator_says_it()
    {
        Orchestrator.Faults["ClassifyImages"] = new(new Status(StatusCode.FailedPrecondition, "clip-scorer now runs other."));
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("classify", "r1", Image("a.jpg", 1)));
        Assert.Equal("ipo: clip-scorer now runs other.\nNext: ipo classify --help\n", line.Error);
        Assert.Empty(line.Out);
    }

    [Fact]
    public async Task A_rejected_image_is_told_and_does_not_stop_the_others()
    {
        var (bad, good) = (Image("bad.jpg"), Image("good.jpg", 1));
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("classify", "r1", bad, good));
        Assert.Equal([good, good], Column(line, 0));
        Assert.Contains($"ipo: '{bad}' was not classified: The file is empty.\n", line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_names_the_file_of_each_answer()
    {
        var (bad, good) = (Image("bad.jpg"), Image("good.jpg", 1));
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("classify", "r1", bad, good, "--json"));
        using var document = JsonDocument.Parse(line.Out);
        var answers = document.RootElement.GetProperty("classifications").EnumerateArray().ToList();
        Assert.Equal([bad, good], answers.Select(answer => answer.GetProperty("file").GetString()));
        Assert.Equal("IMAGE_OUTCOME_REJECTED", answers[0].GetProperty("outcome").GetString());
        Assert.Equal("class 1", answers[1].GetProperty("classes")[0].GetProperty("className").GetString());
        Assert.Equal("a <CLASS>.", document.RootElement.GetProperty("promptSet").GetProperty("templates")[0].GetString());
    }

    [Fact]
    public async Task Many_images_go_in_calls_of_64()
    {
        var images = Enumerable.Range(0, 130).Select(i => Image($"{i}.jpg", (byte)i)).ToArray();
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync(["classify", "r1", .. images]));
        Assert.Equal([64, 64, 2], Orchestrator.Requests.OfType<ClassifyImagesRequest>().Select(request => request.Contents.Count));
        Assert.Equal(images, Column(line, 0).Where((_, row) => row % 2 == 0));
        Assert.Equal("Template: a <CLASS>.\n", line.Error);
    }

    [Fact]
    public async Task Large_images_go_in_fewer_to_a_call()
    {
        var images = Enumerable.Range(0, 5).Select(i => Image($"{i}.jpg", new byte[7 * 1024 * 1024])).ToArray();
        Assert.Equal(ExitCode.Done, await Line().RunAsync(["classify", "r1", .. images]));
        Assert.Equal([2, 2, 1], Orchestrator.Requests.OfType<ClassifyImagesRequest>().Select(request => request.Contents.Count));
    }

    [Fact]
    public async Task A_missing_file_stops_it_before_anything_is_sent()
    {
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("classify", "r1", Image("a.jpg", 1), "missing.jpg"));
        Assert.Equal("ipo: There is no file 'missing.jpg'; check the path. Nothing was classified.\nNext: ipo classify --help\n", line.Error);
        Assert.Empty(Orchestrator.Requests);
    }

    [Fact]
    public async Task A_folder_gives_its_images_and_says_what_else_it_holds()
    {
        Directory.CreateDirectory(Path.Combine(folder.FullName, "sub"));
        var (a, b) = (Image("a.JPG", 1), Image(Path.Combine("sub", "b.jfif"), 2));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "notes.txt"), "", TestContext.Current.CancellationToken);
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("classify", "r1", folder.FullName));
        Assert.Equal([a, a, b, b], Column(line, 0));
        Assert.Contains($"1 file of '{folder.FullName}' is not an image by name: notes.txt\n", line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_leads_back_to_a_folder_above_is_said_and_not_followed()
    {
        var inner = Directory.CreateDirectory(Path.Combine(folder.FullName, "sub")).FullName;
        var elsewhere = Directory.CreateTempSubdirectory();
        try
        {
            Directory.CreateSymbolicLink(Path.Combine(inner, "back"), folder.FullName);
            Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "other"), elsewhere.FullName);
            Directory.CreateSymbolicLink(Path.Combine(elsewhere.FullName, "round"), inner);
            var images = new[] { Image("a.jpg", 1), Image(Path.Combine("sub", "b.jpg"), 2) };
            var line = Line();

            Assert.Equal(ExitCode.Done, await line.RunAsync("classify", "r1", folder.FullName));

            // Through another folder the inner one is reached once more, and from there the way leads back as well.
            var round = Path.Combine(folder.FullName, "other", "round", "b.jpg");
            Assert.Equal(Ordered([.. images, round]), Column(line, 0).Distinct());
            Assert.Contains($"'{Path.Combine(inner, "back")}' is a link to {folder.FullName}, a folder that it lies in, and is not followed.\n", line.Error, StringComparison.Ordinal);
        }
        finally { elsewhere.Delete(recursive: true); }

        static IEnumerable<string> Ordered(IEnumerable<string> files) => files.Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_images_is_refused()
    {
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("classify", "r1", folder.FullName));
        Assert.StartsWith($"ipo: The folder '{folder.FullName}' holds no JPEG", line.Error, StringComparison.Ordinal);
        Assert.Empty(Orchestrator.Requests);
    }

    [Fact]
    public async Task A_file_name_may_begin_with_an_at_sign()
    {
        var file = Image("@a.jpg", 1);
        Assert.Equal(ExitCode.Done, await Line().RunAsync("classify", "r1", file));
        var line = Line();
        await line.RunAsync("classify", "r1", "@none.jpg");
        Assert.Equal("ipo: There is no file '@none.jpg'; check the path. Nothing was classified.\nNext: ipo classify --help\n", line.Error);
    }

    private string Image(string name, params byte[] content)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static IEnumerable<string> Column(CommandLine line, int column) => line.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
        .Select(row => row.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[column]);
}
