using System.Text.Json;

namespace Ipo.ClipScorer.Checkpoints;

/// <summary>Reads the settings of one JSON object of a checkpoint; an error names file, setting, what was
/// expected and what stands there.</summary>
internal sealed class JsonSettings(string path, JsonElement json, string? parent = null)
{
    public string Path { get; } = path;

    /// <summary>A setting's value; null where it is missing or null.</summary>
    public JsonElement? Find(string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>An object inside this one; an empty one where it is missing.</summary>
    public JsonSettings Section(string name)
    {
        if (Find(name) is not { } value) return new(Path, JsonElement.Parse("{}"), name);
        return value.ValueKind == JsonValueKind.Object ? new(Path, value, name) : throw Wrong(name, "an object", value.GetRawText());
    }

    /// <summary>A whole number; an error where it is missing and nothing stands for it.</summary>
    public int Integer(string name, int? otherwise = null)
    {
        if (Find(name) is not { } value) return otherwise ?? throw Wrong(name, "a whole number", "nothing");
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : throw Wrong(name, "a whole number", value.GetRawText());
    }

    /// <summary>A whole number above zero.</summary>
    public int Count(string name, int otherwise) =>
        Integer(name, otherwise) is var number and > 0
            ? number
            : throw Wrong(name, "a whole number above zero", Find(name)!.Value.GetRawText());

    public double Number(string name, double otherwise)
    {
        if (Find(name) is not { } value) return otherwise;
        return value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Wrong(name, "a number", value.GetRawText());
    }

    public bool Flag(string name, bool otherwise)
    {
        if (Find(name) is not { } value) return otherwise;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw Wrong(name, "true or false", value.GetRawText());
    }

    public string Text(string name, string otherwise)
    {
        if (Find(name) is not { } value) return otherwise;
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(name, "a string", value.GetRawText());
    }

    /// <summary>The error that a setting is not what it has to be.</summary>
    public CheckpointException Wrong(string name, string expected, string found) => new(
        $"{Path}: '{(parent is null ? name : $"{parent}.{name}")}' is "
        + $"{(found.Length <= 80 ? found : found[..77] + "...")}; expected {expected}. "
        + "Take the file from the checkpoint again, or use a checkpoint of that kind.");
}
