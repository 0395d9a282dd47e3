using Google.Protobuf;
using Ipo.Cli.Connections;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Commands;

public sealed class ExportCommandTests : CommandTest
{
    private readonly TempFolder folder = new();
    private string File => Path.Combine(folder, "weights.npy");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    public static TheoryData<string, ExportFormat> Forms { get; } = [.. ExportFormats.ByName.Select(form => (form.Key, form.Value))];

    [Fact]
    public async Task Help_and_a_wrong_form_say_which_forms_there_are()
    {
        var (help, wrong) = (new CommandLine(), new CommandLine());
        Assert.Equal(ExitCode.Done, await help.RunAsync("export", "--help"));
        Assert.All(ExportFormats.ByName, form => Assert.Matches($"\n  {form.Key} +{Wording.Of(form.Value)}\n", help.Out));

        Assert.Equal(ExitCode.Usage, await wrong.RunAsync("export", "r1", "--format", "onnx", "--out", "x"));
        Assert.Equal(
            $"ipo: --format does not take 'onnx'; it takes {string.Join(" or ", ExportFormats.ByName.Keys)}.\nSee 'ipo export --help'.\n", wrong.Error);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Chunks_become_files_beside_each_other(string name, ExportFormat format)
    {
        Orchestrator.Export = [Chunk("", "one "), Chunk("", "two"), Chunk(".classes.json", "[]")];
        await System.IO.File.WriteAllTextAsync(File, "what stood here before", TestContext.Current.CancellationToken);
        var line = Line();

        Assert.Equal(ExitCode.Done, await line.RunAsync("export", "r1", "--format", name, "--out", File, "--all-classes"));

        Assert.Equal(["weights.npy", "weights.npy.classes.json"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        Assert.Equal(("one two", "[]"), (Text(File), Text(File + ".classes.json")));
        Assert.Equal($"Written: {File}\nWritten: {File}.classes.json\n", line.Error);
        Assert.Equal(new ExportRunRequest { RunId = "r1", Format = format, AllClasses = true, Prompts = ServedPrompts.Recommended }, Orchestrator.Requests.OfType<ExportRunRequest>().Single());
    }

    [Fact]
    public async Task As_json_the_files_are_listed()
    {
        Orchestrator.Export = [Chunk("", "x")];
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("export", "r1", "--format", "cupl", "-o", File, "--json"));
        Assert.Equal(File, System.Text.Json.JsonDocument.Parse(line.Out).RootElement.GetProperty("files")[0].GetString());
        Assert.Empty(line.Error);
    }

    [Fact]
    public async Task An_export_that_breaks_off_leaves_what_stood_there()
    {
        Orchestrator.Export = [Chunk("", "half"), Chunk("", "")];
        await System.IO.File.WriteAllTextAsync(File, "before", TestContext.Current.CancellationToken);
        var line = Line();

        Assert.Equal(ExitCode.Error, await line.RunAsync("export", "r1", "--format", "npy", "--out", File));

        Assert.Equal("before", Text(File));
        Assert.Single(Directory.GetFiles(folder));
        Assert.Contains("It broke off.", line.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("export r1 --out x.json", "Option '--format' is required.")]
    [InlineData("export r1 --format cupl", "Option '--out' is required.")]
    [InlineData("export r1 --format cupl --out /no/such/folder/x", "--out cannot write '/no/such/folder/x': the folder /no/such/folder does not exist; create it first.")]
    public async Task A_wrong_command_line_is_told_what_it_takes(string args, string expected)
    {
        var line = new CommandLine();
        Assert.Equal(ExitCode.Usage, await line.RunAsync(args.Split(' ')));
        Assert.Equal($"ipo: {expected}\nSee 'ipo export --help'.\n", line.Error);
    }

    [Fact]
    public async Task Progress_is_no_part_of_the_files()
    {
        Orchestrator.Export =
        [
            new() { Progress = new() { PromptsDone = 512, Prompts = 1_000 } }, new() { Progress = new() { PromptsDone = 1_000, Prompts = 1_000 } },
            Chunk("", "weights"),
        ];
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("export", "r1", "--format", "npy", "--out", File));
        Assert.Equal("weights", Text(File));
        Assert.Equal([File], Directory.GetFiles(folder));
    }

    private static ExportRunResponse Chunk(string suffix, string content) => new() { Suffix = suffix, Content = ByteString.CopyFromUtf8(content) };

    private static string Text(string file) => System.IO.File.ReadAllText(file);
}
