using Grpc.Core;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Runs;

public sealed class RunLabelsTests : OrchestratorTest
{
    private protected override Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny");
        return Lab.RegisterAsync("tiny");
    }

    [Fact]
    public async Task A_run_keeps_its_labels_and_is_found_by_them()
    {
        Assert.Equal("team=vision ticket=", Say(await CreateAsync("one", ("ticket", ""), ("team", "vision"))));
        await CreateAsync("two", ("team", "audio"));
        await CreateAsync("three");
        await RestartAsync(_ => { });
        Assert.Equal("team=vision ticket=", Say((await Client.Runs.GetRunAsync(new() { RunId = "one" }, cancellationToken: Cancellation)).Run));

        Assert.Equal(["one", "three", "two"], await FindAsync());
        Assert.Equal(["one", "two"], await FindAsync("team"));
        Assert.Equal(["one"], await FindAsync("team=vision"));
        Assert.Equal(["one"], await FindAsync("team", "ticket="));
        Assert.Empty(await FindAsync("team=vision", "team=audio"));
        Assert.Empty(await FindAsync("team=vis"));
    }

    [Fact]
    public async Task The_same_id_is_the_same_run_unless_its_labels_are_others()
    {
        await CreateAsync("one", ("team", "vision"));
        Assert.Equal("team=vision", Say(await CreateAsync("one")));
        Assert.Equal("team=vision", Say(await CreateAsync("one", ("team", "vision"))));
        Assert.Equal(
            "Run 'one' exists with other labels (team=vision); leave them out, or choose another run_id.",
            await OrchestratorLab.RefusedAsync(StatusCode.AlreadyExists, () => CreateAsync("one", ("team", "audio"))));
        await CreateAsync("two");
        Assert.Contains(
            "other labels (none)",
            await OrchestratorLab.RefusedAsync(StatusCode.AlreadyExists, () => CreateAsync("two", ("team", "vision"))),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_keeps_its_display_name_and_is_found_by_a_part_of_it()
    {
        Assert.Equal("Flowers, second try", (await NameAsync("one", "Flowers, second try")).DisplayName);
        await NameAsync("two", "Birds");
        await NameAsync("three", "");
        await RestartAsync(_ => { });
        Assert.Equal("Flowers, second try", (await NameAsync("one", "")).DisplayName);
        Assert.Equal(["one"], await CalledAsync("flowers"));
        Assert.Equal(["one", "three", "two"], await CalledAsync(""));
        Assert.Empty(await CalledAsync("fish"));

        Assert.Equal(
            "Run 'one' exists under another display name ('Flowers, second try'); leave it out, or choose another run_id.",
            await OrchestratorLab.RefusedAsync(StatusCode.AlreadyExists, () => NameAsync("one", "Birds")));
        await NameAsync("longest", new string('n', 63));
        foreach (var wrong in (string[])[new string('n', 64), "two\nlines"])
            Assert.StartsWith(
                "display_name is '", await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => NameAsync("wrong", wrong)),
                StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Team", "", "labels has the key 'Team'")]
    [InlineData("", "", "labels has the key ''")]
    [InlineData("1st", "", "labels has the key '1st'")]
    [InlineData("team\n", "", "labels has the key 'team\n'")]
    [InlineData("team", "two\nlines", "labels.team is 'two\nlines'")]
    public async Task What_is_no_label_is_refused(string key, string value, string words) =>
        Assert.StartsWith(
            words, await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => CreateAsync("one", (key, value))),
            StringComparison.Ordinal);

    [Fact]
    public async Task Keys_values_and_their_number_have_limits()
    {
        await CreateAsync("longest", (new string('k', 63), new string('v', 63)));
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => CreateAsync("one", (new string('k', 64), "")));
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => CreateAsync("one", ("k", new string('v', 64))));
        (string, string)[] Labels(int count) => [.. Enumerable.Range(0, count).Select(number => ($"k{number}", ""))];
        await CreateAsync("most", Labels(64));
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => CreateAsync("one", Labels(65)));
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => FindAsync("Team=vision"));
    }

    private static string Say(V1.Run run) =>
        string.Join(' ', run.Labels.OrderBy(label => label.Key).Select(label => $"{label.Key}={label.Value}"));

    private async Task<V1.Run> CreateAsync(string id, params (string Key, string Value)[] labels)
    {
        var request = new V1.CreateRunRequest { RunId = id, Settings = new() { Dataset = "tiny", Steps = 1, Shots = 1 } };
        foreach (var (key, value) in labels) request.Labels.Add(key, value);
        return (await Client.Runs.CreateRunAsync(request, cancellationToken: Cancellation)).Run;
    }

    private async Task<V1.Run> NameAsync(string id, string name) => (await Client.Runs.CreateRunAsync(
        new() { RunId = id, DisplayName = name, Settings = new() { Dataset = "tiny", Steps = 1, Shots = 1 } },
        cancellationToken: Cancellation)).Run;

    private async Task<IEnumerable<string>> CalledAsync(string text) =>
        (await Client.Runs.ListRunsAsync(new() { DisplayName = text }, cancellationToken: Cancellation))
            .Runs.Select(run => run.RunId).Order(StringComparer.Ordinal);

    private async Task<IEnumerable<string>> FindAsync(params string[] labels) =>
        (await Client.Runs.ListRunsAsync(new() { Labels = { labels } }, cancellationToken: Cancellation))
            .Runs.Select(run => run.RunId).Order(StringComparer.Ordinal);
}
