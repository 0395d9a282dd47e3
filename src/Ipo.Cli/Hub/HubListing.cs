using System.Text.Json;
using Ipo.Cli.Connections;

namespace Ipo.Cli.Hub;

/// <summary>A file of a model, as the hub lists it.</summary>
/// <param name="Name">Its path in the model's repository.</param>
/// <param name="Size">Bytes; null where the hub does not say.</param>
/// <param name="Digest">Its checksum; null where the hub lists none that is known here.</param>
internal sealed record ListedFile(string Name, long? Size, FileDigest? Digest);

/// <summary>What a model consists of at one commit: the hub's answer to /api/models/NAME/revision/REVISION?blobs=true.</summary>
/// <param name="Commit">The commit's 40 hexadecimal digits.</param>
/// <param name="Files">All files.</param>
internal sealed record HubListing(string Commit, IReadOnlyList<ListedFile> Files)
{
    /// <exception cref="CommandFailure">It is no such answer, or a file of it would leave the model's folder.</exception>
    public static HubListing Parse(ReadOnlyMemory<byte> json, Uri endpoint)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var commit = root.GetProperty("sha").GetString() ?? "";
            if (commit.Length != 40 || !commit.All(char.IsAsciiHexDigit)) throw new JsonException("sha is not a commit");
            return new(commit.ToLowerInvariant(), [.. root.GetProperty("siblings").EnumerateArray().Select(file => Read(file, endpoint))]);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new CommandFailure(
                $"What {endpoint} answers is not a model's list of files ({fault.Message}). Check HF_ENDPOINT: it takes the address of a "
                + "hub or of a mirror with the hub's API.");
        }
    }

    /// <summary>Finds a file by its name; null if the listing has no such file.</summary>
    public ListedFile? Find(string name) => Files.FirstOrDefault(file => file.Name == name);

    private static ListedFile Read(JsonElement file, Uri endpoint)
    {
        var name = file.GetProperty("rfilename").GetString() ?? "";
        // No file of such a name is taken; who lists one is not to be trusted with the others.
        if (name.Length == 0 || name.StartsWith('/') || name.Contains('\\') || name.Any(char.IsControl) || name.Split('/').Contains(".."))
            throw new CommandFailure(
                $"{endpoint} lists a file '{name}', which would lie outside the model's folder. "
                + "Nothing was taken from it; do not use this hub.");
        var lfs = file.TryGetProperty("lfs", out var large) && large.ValueKind == JsonValueKind.Object ? large : (JsonElement?)null;
        var size = Number(lfs, "size") ?? Number(file, "size");
        return new(name, size is >= 0 ? size : null, FileDigest.Parse(lfs is null ? Text(file, "blobId") : Text(lfs, "sha256")));
    }

    private static long? Number(JsonElement? from, string name) =>
        from?.TryGetProperty(name, out var value) == true && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number) ? number : null;

    private static string? Text(JsonElement? from, string name) =>
        from?.TryGetProperty(name, out var value) == true && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
