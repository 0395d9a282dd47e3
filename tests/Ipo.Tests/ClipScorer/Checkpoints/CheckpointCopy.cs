using System.Text.Json.Nodes;

namespace Ipo.Tests.ClipScorer.Checkpoints;

/// <summary>A copy of a checkpoint in a folder of its own, to be damaged by one test; the folder goes with the object.</summary>
internal sealed class CheckpointCopy : IDisposable
{
    private CheckpointCopy(string source)
    {
        Path = Directory.CreateTempSubdirectory("ipo-checkpoint-").FullName;
        foreach (var file in Directory.EnumerateFiles(source))
            System.IO.File.WriteAllBytes(File(System.IO.Path.GetFileName(file)), System.IO.File.ReadAllBytes(file));
    }

    public string Path { get; }

    /// <summary>A checkpoint of the repository.</summary>
    public static CheckpointCopy Of(string name) => new(System.IO.Path.Combine(Shared.Repository, "models", name));

    /// <summary>A checkpoint of the shared goldens.</summary>
    public static CheckpointCopy OfGolden(string name) => new(Shared.Path($"data/goldens/{name}"));

    /// <summary>A checkpoint of the second set of shared goldens.</summary>
    public static CheckpointCopy OfGolden2(string name) => new(Shared.Path($"data/goldens2/{name}"));

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Changes one JSON file.</summary>
    public CheckpointCopy Edit(string name, Action<JsonObject> edit)
    {
        var json = JsonNode.Parse(System.IO.File.ReadAllText(File(name)))!.AsObject();
        edit(json);
        System.IO.File.WriteAllText(File(name), json.ToJsonString());
        return this;
    }

    public void Dispose()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}
