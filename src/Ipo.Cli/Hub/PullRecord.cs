using System.Text.Json;
using Ipo.Cli.Connections;

namespace Ipo.Cli.Hub;

/// <summary>What was pulled, in ipo-pull.json beside the files: from where, at which commit, and what each file has to be.</summary>
/// <param name="Hub">Address of the hub.</param>
/// <param name="Model">The model's name there.</param>
/// <param name="Revision">What was asked for.</param>
/// <param name="Commit">What that was then.</param>
/// <param name="Files">The files.</param>
internal sealed record PullRecord(string Hub, string Model, string Revision, string Commit, IReadOnlyList<RecordedFile> Files)
{
    public const string FileName = "ipo-pull.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The record of a folder; null where it has none.</summary>
    /// <exception cref="CommandFailure">It is damaged.</exception>
    public static PullRecord? In(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize<PullRecord>(File.ReadAllText(path), Json) ?? throw new JsonException("it is empty");
        }
        catch (JsonException damaged)
        {
            throw new CommandFailure($"{path} is damaged ({damaged.Message}). Delete {folder} and pull it again.");
        }
    }

    public void Write(string folder)
    {
        using var file = File.Create(Path.Combine(folder, FileName));
        JsonSerializer.Serialize(file, this, Json);
        file.Flush(flushToDisk: true);
    }

    /// <summary>What is wrong with the folder's files, by name; null where all are as recorded.</summary>
    /// <param name="folder">Where they lie.</param>
    /// <param name="read">Is told how many more bytes were read.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async Task<string?> FaultAsync(string folder, Action<long> read, CancellationToken cancellation)
    {
        foreach (var file in Files)
        {
            var path = Path.Combine(folder, file.Name);
            if (!File.Exists(path)) return $"{file.Name} is missing";
            if (new FileInfo(path).Length != file.Size || FileDigest.Parse(file.Digest) is not { } digest
                || await digest.OfAsync(path, read, cancellation) != digest)
                return $"{file.Name} is not what was pulled";
        }
        return null;
    }
}

/// <param name="Name">A name without a folder.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Digest">SHA-256, or the SHA-1 of its Git blob.</param>
internal sealed record RecordedFile(string Name, long Size, string Digest);
