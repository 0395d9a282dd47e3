using System.Text.Json;
using System.Text.RegularExpressions;
using Ipo.Cli.Connections;
using Ipo.V1;

namespace Ipo.Cli.Hub;

/// <summary>A file that is taken.</summary>
/// <param name="Name">A name without a folder.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Digest">What its content has to have.</param>
internal sealed record ChosenFile(string Name, long Size, FileDigest Digest);

/// <summary>A file that stays at the hub.</summary>
/// <param name="Reason">Why, so that it can stand behind a list of names.</param>
internal sealed record LeftOutFile(string Name, long? Size, string Reason);

/// <summary>Which files of a model Ipo reads, as docs/real-models.md says: settings, tokenizer, and weights once, in the format that
/// the scorer prefers.</summary>
/// <param name="Files">Those that are taken.</param>
/// <param name="LeftOut">All others.</param>
internal sealed partial record CheckpointFiles(IReadOnlyList<ChosenFile> Files, IReadOnlyList<LeftOutFile> LeftOut)
{
    private const string Index = ".index.json";

    // An index of thousands of tensors has some hundred thousand bytes.
    private const long LargestJson = 16 << 20;

    private static readonly Layout HuggingFace = new("config.json", ["model.safetensors", "pytorch_model.bin"]);

    private static readonly Layout OpenClip =
        new("open_clip_config.json", ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"]);

    // With reference.json a checkpoint brings the embeddings that it should give.
    private static readonly string[] Settings =
    [
        HuggingFace.Configuration, OpenClip.Configuration, "preprocessor_config.json", "processor_config.json", "vocab.json", "merges.txt",
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "spiece.model", "reference.json",
    ];

    /// <summary>Whether a folder that was pulled has all settings that are listed.</summary>
    public static bool AreAllIn(HubListing listing, IEnumerable<string> names) =>
        !Settings.Where(name => listing.Find(name) is not null).Except(names).Any();

    /// <summary>Chooses.</summary>
    /// <param name="listing">What there is.</param>
    /// <param name="model">The model's name, for messages.</param>
    /// <param name="fetch">Takes a file and says where it lies: config.json may decide, and an index names the parts of weights.</param>
    /// <exception cref="CommandFailure">There is no checkpoint that Ipo can read.</exception>
    public static async Task<CheckpointFiles> ChooseAsync(HubListing listing, ModelName model, Func<ChosenFile, Task<string>> fetch)
    {
        var layout = await LayoutAsync(listing, model, fetch);
        var weights = layout.WeightsIn(listing)!;
        var names = Settings.Where(name => listing.Find(name) is not null).Append(weights.Name).ToList();
        if (weights.Name.EndsWith(Index, StringComparison.Ordinal)) names.AddRange(await PartsAsync(listing, model, weights, fetch));
        var left = listing.Files.Where(file => !names.Contains(file.Name))
            .Select(file => new LeftOutFile(file.Name, file.Size, Reason(file.Name, weights.Name)));
        return new([.. names.Select(name => Chosen(listing.Find(name)!, model))], [.. left]);
    }

    // As the scorer decides (CheckpointFamily) of a folder that has both.
    private static async Task<Layout> LayoutAsync(HubListing listing, ModelName model, Func<ChosenFile, Task<string>> fetch)
    {
        var (huggingFace, openClip) = (HuggingFace.WeightsIn(listing), OpenClip.WeightsIn(listing));
        if (huggingFace is null && openClip is null)
            throw new CommandFailure(
                $"{model} has no checkpoint that Ipo reads: it lacks {HuggingFace.Words} and {OpenClip.Words}. It has "
                + $"{string.Join(", ", listing.Files.Select(file => file.Name).Take(8))}{(listing.Files.Count > 8 ? ", …" : "")}. "
                + "docs/real-models.md lists checkpoints that load.");
        if (huggingFace is null || openClip is null) return huggingFace is null ? OpenClip : HuggingFace;
        using var config = await JsonAsync(listing.Find(HuggingFace.Configuration)!, model, fetch);
        return config.RootElement.TryGetProperty("model_type", out var type) && type.ValueKind != JsonValueKind.Null
            ? HuggingFace
            : OpenClip;
    }

    private static async Task<List<string>> PartsAsync(
        HubListing listing, ModelName model, ListedFile index, Func<ChosenFile, Task<string>> fetch)
    {
        using var document = await JsonAsync(index, model, fetch);
        if (!document.RootElement.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object
            || map.EnumerateObject().Any(entry => entry.Value.ValueKind != JsonValueKind.String))
            throw new CommandFailure($"{index.Name} of {model} has no weight_map of tensors to files, so its parts are not known.");
        var parts = map.EnumerateObject().Select(entry => entry.Value.GetString()!).Distinct().Order(StringComparer.Ordinal).ToList();
        if (parts.Find(part => !Part().IsMatch(part)) is { } outside)
            throw new CommandFailure(
                $"{index.Name} of {model} names a part '{outside}', which is no plain file name of weights. "
                + "Nothing is taken; do not use this model.");
        if (parts.Find(part => listing.Find(part) is null) is { } missing)
            throw new CommandFailure($"{index.Name} of {model} names a part {missing}, and the hub lists no such file.");
        return parts;
    }

    private static async Task<JsonDocument> JsonAsync(ListedFile listed, ModelName model, Func<ChosenFile, Task<string>> fetch)
    {
        var chosen = Chosen(listed, model);
        if (chosen.Size > LargestJson)
            throw new CommandFailure(
                $"{chosen.Name} of {model} would have {Amounts.Bytes(chosen.Size)}; at most {Amounts.Bytes(LargestJson)} are read.");
        try
        {
            await using var file = File.OpenRead(await fetch(chosen));
            var document = await JsonDocument.ParseAsync(file);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw new JsonException("it is no object");
        }
        catch (JsonException notJson)
        {
            throw new CommandFailure($"{chosen.Name} of {model} is not JSON ({notJson.Message}), so the rest is not taken.");
        }
    }

    private static ChosenFile Chosen(ListedFile file, ModelName model) => file is { Size: { } size, Digest: { } digest }
        ? new(file.Name, size, digest)
        : throw new CommandFailure(
            $"The hub lists no {(file.Size is null ? "size" : "checksum")} for {file.Name} of {model}, so it could not be checked. "
            + "Use a hub or mirror that answers ?blobs=true.");

    private static string Reason(string name, string weights) =>
        Weights().IsMatch(name) ? $"the weights are in {weights}"
        : ForOthers().IsMatch(name) ? "made for other programs"
        : "not read by Ipo";

    // As Ipo may read it under another choice: whole, in parts, or the parts' index.
    [GeneratedRegex(@"^(open_clip_)?(pytorch_)?model(-[\d-]+of-\d+)?\.(safetensors|bin)(\.index\.json)?\z")]
    private static partial Regex Weights();

    [GeneratedRegex(@"\.(onnx|onnx_data|msgpack|h5|ot|tflite|mlmodel|gguf|ckpt|pt|pth|bin|npz|safetensors)\z", RegexOptions.IgnoreCase)]
    private static partial Regex ForOthers();

    // A file's name on any system.
    [GeneratedRegex(@"^(?!(con|prn|aux|nul|com\d|lpt\d)\.)[a-z0-9_][a-z0-9_.-]*\.(safetensors|bin)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Part();

    /// <param name="Configuration">The file that says what the model is.</param>
    /// <param name="Weights">What its weights may be called, by the scorer's preference.</param>
    private sealed record Layout(string Configuration, string[] Weights)
    {
        public string Words => $"{Configuration} with {string.Join(" or ", Weights)}";

        public ListedFile? WeightsIn(HubListing listing) => listing.Find(Configuration) is null
            ? null
            : Weights.SelectMany(name => (string[])[name, name + Index]).Select(listing.Find).FirstOrDefault(file => file is not null);
    }
}
