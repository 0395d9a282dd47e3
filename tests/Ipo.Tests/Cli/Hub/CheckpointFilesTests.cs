using Ipo.Cli.Connections;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Cli.Hub;

/// <summary>Which files are taken, in each layout and format that the scorer reads.</summary>
public sealed class CheckpointFilesTests : IAsyncLifetime
{
    private Pulling pulling = null!;

    public async ValueTask InitializeAsync() => pulling = await Pulling.StartAsync();

    public ValueTask DisposeAsync() => pulling.DisposeAsync();

    private HubModel Model => pulling.Model;

    [Fact]
    public async Task A_pickle_is_taken_where_there_are_no_safetensors()
    {
        Model.Files.Remove("model.safetensors");
        Model.Add("pytorch_model.bin", Pulling.Weights, isLarge: true);
        Assert.Equal(["pytorch_model.bin"], await WeightsAsync());
    }

    [Theory]
    [InlineData("model.safetensors", "model-0000{0}-of-00002.safetensors")]
    [InlineData("pytorch_model.bin", "pytorch_model-0000{0}-of-00002.bin")]
    public async Task Parts_are_taken_by_their_index(string weights, string part)
    {
        var (one, two) = (part.Replace("{0}", "1", StringComparison.Ordinal), part.Replace("{0}", "2", StringComparison.Ordinal));
        Model.Files.Remove("model.safetensors");
        Model.Add($"{weights}.index.json", $$"""{ "weight_map": { "a": "{{two}}", "b": "{{one}}", "c": "{{one}}" } }""");
        string[] names = [one, two, part.Replace("{0}", "3", StringComparison.Ordinal)];
        foreach (var (seed, name) in names.Index()) Model.Add(name, Pulling.Bytes(seed, 2_000_000), isLarge: true);
        Assert.Equal([one, two, $"{weights}.index.json"], await WeightsAsync());
    }

    [Fact]
    public async Task Whole_weights_come_before_parts_as_the_scorer_prefers_them()
    {
        Model.Add("model.safetensors.index.json", "not even JSON");
        Assert.Equal(["model.safetensors"], await WeightsAsync());
    }

    [Theory]
    [InlineData("../model.safetensors")]
    [InlineData("parts/model.safetensors")]
    [InlineData("C:model.safetensors")]
    [InlineData("nul.safetensors")]
    [InlineData(".bashrc")]
    public async Task An_index_that_names_no_plain_file_of_weights_is_refused(string part)
    {
        Model.Files.Remove("model.safetensors");
        Model.Add("model.safetensors.index.json", $$"""{ "weight_map": { "a": "{{part}}" } }""");
        Model.Add("nul.safetensors", "x");
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.EndsWith(
            $"ipo: model.safetensors.index.json of some/clip names a part '{part}', which is no plain file name of weights. Nothing is taken; do not use this model.\n", line.Complaint, StringComparison.Ordinal);
        Assert.False(Directory.Exists(pulling.Folder));
    }

    [Theory]
    [InlineData("""{ "weight_map": { "a": "gone.bin" } }""", "pytorch_model.bin.index.json of some/clip names a part gone.bin, and the hub lists no such file.")]
    [InlineData("""{ "weight_map": [] }""", "pytorch_model.bin.index.json of some/clip has no weight_map of tensors to files, so its parts are not known.")]
    [InlineData("[]", "pytorch_model.bin.index.json of some/clip is not JSON (it is no object), so the rest is not taken.")]
    public async Task An_index_that_leads_nowhere_is_told(string index, string words)
    {
        Model.Files.Remove("model.safetensors");
        Model.Add("pytorch_model.bin.index.json", index);
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal($"ipo: {words}", line.ComplaintLines[^1]);
    }

    [Fact]
    public async Task An_index_larger_than_any_is_not_downloaded()
    {
        Model.Files.Remove("model.safetensors");
        Model.Add("pytorch_model.bin.index.json", "{}").Size = 1L << 40;
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal("ipo: pytorch_model.bin.index.json of some/clip would have 1.0 TiB; at most 16.0 MiB are read.\n", line.Complaint);
        Assert.Single(pulling.Hub.Requests);
    }

    [Fact]
    public async Task Open_clip_s_layout_alone_is_taken()
    {
        Model.Files.Remove("config.json");
        Model.Add("open_clip_config.json", "{}");
        Model.Add("open_clip_model.safetensors", Pulling.Weights, isLarge: true);
        Assert.Equal(["open_clip_model.safetensors"], await WeightsAsync());
        Assert.Contains("open_clip_config.json", pulling.Pulled);
    }

    [Theory]
    [InlineData("""{ "model_type": "clip" }""", "model.safetensors")]
    [InlineData("""{ "architecture": "vit_base_patch16" }""", "open_clip_pytorch_model.bin")]
    public async Task Of_both_layouts_config_json_decides_as_it_does_for_the_scorer(string config, string weights)
    {
        Model.Add("config.json", config);
        Model.Add("open_clip_config.json", "{}");
        Model.Add("open_clip_pytorch_model.bin", Pulling.Bytes(5, 2_000_000), isLarge: true);
        Assert.Equal([weights], await WeightsAsync());
    }

    [Fact]
    public async Task A_model_that_is_no_checkpoint_says_what_it_has()
    {
        Model.Files.Clear();
        foreach (var file in (string[])["README.md", "config.json", "model.gguf"]) Model.Add(file, "{}");
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal(
            "ipo: some/clip has no checkpoint that Ipo reads: it lacks config.json with model.safetensors or pytorch_model.bin and open_clip_config.json with open_clip_model.safetensors or "
                + "open_clip_pytorch_model.bin. It has README.md, config.json, model.gguf. docs/real-models.md lists checkpoints that load.\n", line.Complaint);
        Assert.False(Directory.Exists(pulling.Staging));
    }

    [Fact]
    public async Task A_file_without_a_checksum_is_not_taken()
    {
        Model.Files["merges.txt"].Digest = "deadbeef";
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal("ipo: The hub lists no checksum for merges.txt of some/clip, so it could not be checked. Use a hub or mirror that answers ?blobs=true.\n", line.Complaint);
    }

    private async Task<IEnumerable<string>> WeightsAsync()
    {
        var (code, line) = await pulling.PullAsync();
        Assert.Equal((ExitCode.Done, ""), (code, code == 0 ? "" : line.Complaint));
        return pulling.Pulled.Where(name => name.Contains("model", StringComparison.Ordinal));
    }
}
