using System.Diagnostics;
using System.Text.Json;
using Ipo.Cli.Connections;
using Xunit;

namespace Ipo.Tests.Cli.Hub;

/// <summary><c>ipo model pull</c> against a hub on this machine: what is taken, and how it goes on, again and offline.</summary>
public sealed class ModelPullTests : IAsyncLifetime
{
    private Pulling pulling = null!;

    public async ValueTask InitializeAsync() => pulling = await Pulling.StartAsync();

    public ValueTask DisposeAsync() => pulling.DisposeAsync();

    [Fact]
    public async Task Takes_what_Ipo_reads_and_says_what_it_leaves_out_and_how_to_go_on()
    {
        pulling.Model.Add("README.md", "# CLIP");
        pulling.Model.Add("pytorch_model.bin", Pulling.Weights, isLarge: true);
        foreach (var file in (string[])["onnx/model.onnx", "flax_model.msgpack", "tf_model.h5", "model.gguf", "rust_model.ot"]) pulling.Model.Add(file, "weights of another program");
        var (code, line) = await pulling.PullAsync();
        Assert.Equal((ExitCode.Done, ""), (code, code == 0 ? "" : line.Complaint));
        Assert.Equal(["config.json", "ipo-pull.json", "merges.txt", "model.safetensors", "preprocessor_config.json", "vocab.json"], pulling.Pulled);
        Assert.Equal(Pulling.Weights, await File.ReadAllBytesAsync(Path.Combine(pulling.Folder, "model.safetensors"), TestContext.Current.CancellationToken));
        Assert.Equal($"export IPO_CHECKPOINT={pulling.Folder}\n", line.Out);
        Assert.Equal(
            $"""
            some/clip at commit {pulling.Model.Commit} (main): 5 files, 3.3 MiB.
            Left out, not read by Ipo: README.md (6 B).
            Left out, the weights are in model.safetensors: pytorch_model.bin (3.3 MiB).
            Left out, made for other programs: onnx/model.onnx, flax_model.msgpack, tf_model.h5, model.gguf and 1 more (130 B).
            Pulled some/clip into {pulling.Folder}: 3.3 MiB downloaded in 0:00, every checksum right.
            'ipo model inspect {pulling.Folder}' says what it is; this makes a starting AppHost use it:

            """, line.Complaint.Replace("in 0:01", "in 0:00", StringComparison.Ordinal));
        Assert.DoesNotContain(pulling.Hub.Requests, request => request.Path.Contains("pytorch_model", StringComparison.Ordinal) || request.Path.Contains("onnx", StringComparison.Ordinal));
        Assert.False(Directory.Exists(pulling.Staging));
        var record = pulling.Record();
        Assert.Equal((Pulling.Name, "main", pulling.Model.Commit), (record.GetProperty("model").GetString(), record.GetProperty("revision").GetString(), record.GetProperty("commit").GetString()));
        Assert.Equal(5, record.GetProperty("files").GetArrayLength());
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(pulling.Home));
    }

    [Fact]
    public async Task As_json_it_says_the_same()
    {
        pulling.Model.Add("tf_model.h5", "x");
        var (code, line) = await pulling.PullAsync("--json");
        Assert.Equal(ExitCode.Done, code);
        using var said = JsonDocument.Parse(line.Out);
        Assert.Equal(pulling.Folder, said.RootElement.GetProperty("folder").GetString());
        Assert.Equal(pulling.Model.Files.Values.Sum(file => file.Size) - 1, said.RootElement.GetProperty("downloaded").GetInt64());
        Assert.Equal(pulling.Model.Commit, said.RootElement.GetProperty("record").GetProperty("commit").GetString());
        Assert.Equal("tf_model.h5", said.RootElement.GetProperty("leftOut")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Into_another_folder_whose_name_a_shell_would_change()
    {
        var folder = Path.Combine(pulling.Home, "it's here");
        var (code, line) = await pulling.PullAsync("--into", folder + Path.DirectorySeparatorChar);
        Assert.Equal(ExitCode.Done, code);
        Assert.True(File.Exists(Path.Combine(folder, "model.safetensors")));
        Assert.Equal($"export IPO_CHECKPOINT='{pulling.Home}/it'\\''s here'\n", line.Out);
        Assert.False(Directory.Exists(pulling.Folder));
    }

    [Fact]
    public async Task What_is_there_and_correct_is_not_downloaded_again()
    {
        await pulling.PullAsync();
        var asked = pulling.Hub.Requests.Count;
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(asked + 1, pulling.Hub.Requests.Count);
        Assert.StartsWith($"{pulling.Folder} has some/clip at commit {pulling.Model.Commit} (main): 5 files, 3.3 MiB, every checksum right.\n", line.Complaint, StringComparison.Ordinal);
        Assert.Equal($"export IPO_CHECKPOINT={pulling.Folder}\n", line.Out);
    }

    [Fact]
    public async Task A_commit_that_is_there_asks_no_hub()
    {
        await pulling.PullAsync("--revision", pulling.Model.Commit);
        var asked = pulling.Hub.Requests.Count;
        Assert.Equal(ExitCode.Done, (await pulling.PullAsync("--revision", pulling.Model.Commit)).Code);
        Assert.Equal(asked, pulling.Hub.Requests.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_was_changed_or_is_gone_is_taken_again_alone(bool isGone)
    {
        await pulling.PullAsync();
        var path = Path.Combine(pulling.Folder, "model.safetensors");
        if (isGone) File.Delete(path);
        else
        {
            await using var file = File.OpenWrite(path);
            file.WriteByte(1);
        }
        var asked = pulling.Hub.Requests.Count;
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Done, code);
        Assert.StartsWith($"In {pulling.Folder} model.safetensors is {(isGone ? "missing" : "not what was pulled")}; it is taken again.\n", line.Complaint, StringComparison.Ordinal);
        Assert.Equal(asked + 3, pulling.Hub.Requests.Count); // the list, the file, the host that has it
        Assert.Equal(Pulling.Weights, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_new_commit_replaces_the_folder_and_takes_only_what_changed()
    {
        pulling.Model.Add("special_tokens_map.json", "{}");
        await pulling.PullAsync();
        var old = pulling.Model.Commit;
        pulling.Model.Commit = new string('a', 40);
        pulling.Model.Add("vocab.json", """{ "a": 1 }""");
        pulling.Model.Files.Remove("special_tokens_map.json");
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Done, code);
        Assert.StartsWith($"{pulling.Folder} has commit {old}; the hub has another one now.\n", line.Complaint, StringComparison.Ordinal);
        Assert.Single(pulling.Sent("model.safetensors"));
        Assert.Equal("""{ "a": 1 }""", await File.ReadAllTextAsync(Path.Combine(pulling.Folder, "vocab.json"), TestContext.Current.CancellationToken));
        Assert.DoesNotContain("special_tokens_map.json", pulling.Pulled);
        Assert.Equal(pulling.Model.Commit, pulling.Record().GetProperty("commit").GetString());
        Assert.False(Directory.Exists(pulling.Staging));
    }

    [Fact]
    public async Task A_pull_that_ended_while_it_replaced_the_folder_loses_neither()
    {
        await pulling.PullAsync();
        Directory.CreateDirectory(pulling.Staging);
        Directory.Move(pulling.Folder, Path.Combine(pulling.Staging, "old"));
        pulling.Model.Commit = new string('d', 40);
        pulling.Model.Files["model.safetensors"].Instead = [];
        Assert.Equal(ExitCode.Error, (await pulling.PullAsync()).Code);
        Assert.Equal(Pulling.Weights, await File.ReadAllBytesAsync(Path.Combine(pulling.Folder, "model.safetensors"), TestContext.Current.CancellationToken));

        pulling.Model.Files["model.safetensors"].Instead = null;
        Assert.Equal(ExitCode.Done, (await pulling.PullAsync()).Code);
        Assert.Equal(pulling.Model.Commit, pulling.Record().GetProperty("commit").GetString());
        Assert.False(Directory.Exists(pulling.Staging));
    }

    [Fact]
    public async Task A_folder_with_something_of_somebody_else_s_is_left_alone()
    {
        Directory.CreateDirectory(pulling.Folder);
        await File.WriteAllTextAsync(Path.Combine(pulling.Folder, "mine.txt"), "mine", TestContext.Current.CancellationToken);
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal($"ipo: {pulling.Folder} holds what 'ipo model pull' did not write (mine.txt). Move that away, or take another folder with --into.\n", line.Complaint);
        Assert.Equal("mine.txt", Assert.Single(pulling.Pulled));
        Assert.False(Directory.Exists(pulling.Staging));
    }

    [Fact]
    public async Task An_empty_folder_is_filled()
    {
        Directory.CreateDirectory(pulling.Folder);
        Assert.Equal(ExitCode.Done, (await pulling.PullAsync()).Code);
        Assert.Contains("model.safetensors", pulling.Pulled);
    }

    [Fact]
    public async Task A_folder_of_another_model_is_left_alone()
    {
        await pulling.PullAsync();
        pulling.Hub.Models["other/clip"] = pulling.Model;
        var line = pulling.Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("model", "pull", "other/clip", "--into", pulling.Folder));
        Assert.Equal($"ipo: {pulling.Folder} holds some/clip. Take another folder for other/clip with --into.\n", line.Complaint);
    }

    [Fact]
    public async Task A_damaged_record_is_told()
    {
        await pulling.PullAsync();
        await File.WriteAllTextAsync(Path.Combine(pulling.Folder, "ipo-pull.json"), """{ "model": "some/clip" }""", TestContext.Current.CancellationToken);
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.StartsWith($"ipo: {pulling.Folder}/ipo-pull.json is damaged (", line.Complaint, StringComparison.Ordinal);
        Assert.EndsWith($"Delete {pulling.Folder} and pull it again.\n", line.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_pulls_of_one_model_at_once_are_refused_and_Ctrl_C_keeps_what_came()
    {
        pulling.Model.Files["model.safetensors"].Cuts.Enqueue(2_000_000);
        pulling.Model.Files["model.safetensors"].Stalls = true;
        using var stop = new CancellationTokenSource();
        var first = pulling.Line();
        var running = first.RunAsync(stop.Token, "model", "pull", Pulling.Name);
        var part = Path.Combine(pulling.Staging, "files", "model.safetensors.part");
        await CommandLine.UntilAsync(() => File.Exists(part) && new FileInfo(part).Length == 2_000_000, () => $"the part; {first.Complaint}");

        var (code, second) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal($"ipo: Another 'ipo model pull' works on {pulling.Folder}. Wait for its end, or take another folder with --into.\n", second.Complaint);

        await stop.CancelAsync();
        Assert.Equal(ExitCode.Interrupted, await running);
        Assert.EndsWith("ipo: Interrupted.\n", first.Complaint, StringComparison.Ordinal);
        Assert.Equal(2_000_000, new FileInfo(part).Length);

        var (again, third) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Done, again);
        Assert.Contains("of which 1.9 MiB are here", third.Complaint, StringComparison.Ordinal);
        Assert.Equal("bytes=2000000-", pulling.Sent("model.safetensors")[^1].Range);
    }

    [Fact]
    public async Task What_an_interrupted_pull_of_another_commit_left_does_not_get_into_the_folder()
    {
        pulling.Model.Add("special_tokens_map.json", "{}");
        pulling.Model.Files["model.safetensors"].Instead = Pulling.Bytes(2, Pulling.Weights.Length);
        Assert.Equal(ExitCode.Error, (await pulling.PullAsync()).Code);
        Assert.True(File.Exists(Path.Combine(pulling.Staging, "files", "special_tokens_map.json")));
        pulling.Model.Commit = new string('b', 40);
        pulling.Model.Files.Remove("special_tokens_map.json");
        pulling.Model.Add("model.safetensors", Pulling.Weights, isLarge: true);
        Assert.Equal(ExitCode.Done, (await pulling.PullAsync()).Code);
        Assert.DoesNotContain("special_tokens_map.json", pulling.Pulled);
    }

    [Fact]
    public async Task A_part_of_another_version_is_dropped_and_that_is_said()
    {
        pulling.Model.Files["model.safetensors"].Cuts.Enqueue(2_000_000);
        for (var cut = 0; cut < 6; cut++) pulling.Model.Files["model.safetensors"].Cuts.Enqueue(0);
        Assert.Equal(ExitCode.Error, (await pulling.PullAsync()).Code);
        pulling.Model.Commit = new string('c', 40);
        var other = Pulling.Bytes(3, 3_000_000);
        pulling.Model.Add("model.safetensors", other, isLarge: true);
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("model.safetensors: what an earlier pull left is of another version and is dropped.\n", line.Complaint, StringComparison.Ordinal);
        Assert.Equal(other, await File.ReadAllBytesAsync(Path.Combine(pulling.Folder, "model.safetensors"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Offline_it_says_so_and_takes_what_is_there()
    {
        await pulling.PullAsync();
        pulling.Environment["HF_HUB_OFFLINE"] = "1";
        var asked = pulling.Hub.Requests.Count;
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Done, code);
        Assert.StartsWith(
            $"HF_HUB_OFFLINE is set, so no hub is asked.\n{pulling.Folder} has some/clip at commit {pulling.Model.Commit} (main): 5 files", line.Complaint, StringComparison.Ordinal);

        var (other, wrong) = await pulling.PullAsync("--revision", "v2");
        Assert.Equal(ExitCode.Error, other);
        Assert.Equal(
            $"ipo: HF_HUB_OFFLINE is set, so no hub is asked, and {pulling.Folder} has some/clip at commit {pulling.Model.Commit} (main), not at 'v2'. Unset HF_HUB_OFFLINE to pull that.\n",
            wrong.Complaint);

        File.Delete(Path.Combine(pulling.Folder, "merges.txt"));
        var (damaged, told) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, damaged);
        Assert.EndsWith($"in {pulling.Folder} merges.txt is missing. Unset HF_HUB_OFFLINE to pull it again.\n", told.Complaint, StringComparison.Ordinal);
        Assert.Equal(asked, pulling.Hub.Requests.Count);
    }

    [Fact]
    public async Task Offline_with_nothing_there_it_fails_and_says_what_waits()
    {
        pulling.Model.Files["model.safetensors"].Instead = [];
        await pulling.PullAsync();
        var waiting = pulling.Model.Files.Values.Where(file => !file.IsLarge).Sum(file => file.Size);
        pulling.Environment["HF_HUB_OFFLINE"] = "yes";
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal(
            $"ipo: HF_HUB_OFFLINE is set, so no hub is asked, and {pulling.Folder} has no model that was pulled; {waiting} B of an interrupted pull wait beside it. Unset HF_HUB_OFFLINE to pull it.\n",
            line.Complaint);
    }

    [Fact]
    public async Task A_hub_learns_nothing_but_the_request()
    {
        using var activity = new Activity("a run").SetIdFormat(ActivityIdFormat.W3C).Start();
        await pulling.PullAsync();
        Assert.All(pulling.Hub.Requests, request => Assert.Null(request.TraceParent));
        Assert.All(pulling.Hub.Requests, request => Assert.Equal("ipo/0.1.0", request.UserAgent));
    }

    [Theory]
    [InlineData("../clip", "'../clip' is not a model's name on the hub; it looks like openai/clip-vit-base-patch16.")]
    [InlineData("a/b/c", "'a/b/c' is not a model's name on the hub; it looks like openai/clip-vit-base-patch16.")]
    [InlineData("https://huggingface.co/a/b", "'https://huggingface.co/a/b' is not a model's name on the hub; it looks like openai/clip-vit-base-patch16.")]
    [InlineData("a/..b", "'a/..b' is not a model's name on the hub; it looks like openai/clip-vit-base-patch16.")]
    public async Task What_is_no_name_is_refused_before_anything_is_asked(string name, string words)
    {
        var line = pulling.Line();
        Assert.Equal(ExitCode.Usage, await line.RunAsync("model", "pull", name));
        Assert.Equal($"ipo: {words}\n", line.Complaint);
        Assert.Empty(pulling.Hub.Requests);
    }

    [Fact]
    public async Task A_revision_that_would_be_another_address_is_refused()
    {
        var (code, line) = await pulling.PullAsync("--revision", "..");
        Assert.Equal(ExitCode.Usage, code);
        Assert.StartsWith("ipo: --revision does not take '..'; it takes a branch, a tag or a commit.\n", line.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revision_with_a_slash_is_one()
    {
        pulling.Model.Revisions.Add("refs/pr/1");
        Assert.Equal(ExitCode.Done, (await pulling.PullAsync("--revision", "refs/pr/1")).Code);
        Assert.Equal("refs/pr/1", pulling.Record().GetProperty("revision").GetString());
    }
}
