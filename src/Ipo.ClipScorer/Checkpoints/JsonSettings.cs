using System.Text.Json;

namespace Ipo.ClipScorer.Checkpoints;

/// <summary>Reads the settings of one JSON object of a checkpoint; an error names file, setting, what was
/// expected and what stands there.</summary>
/// <param name="path">The file.</param>
/// <param name="json">The object.</param>
/// <param name="parent">The object's own name.</param>
/// <param name="beside">Where a setting is looked for that the object does not have.</param>
internal sealed class JsonSettings(string path, JsonElement json, string? parent = null, JsonSettings? beside = null)
{
    public string Path { get; } = path;

    /// <summary>A setting's value; null where it is missing or null.</summary>
    public JsonElement? Find(string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : beside?.Find(name);

    /// <summary>These settings, and another object's where they have none.</summary>
    public JsonSettings Over(JsonSettings other) => new(Path, json, parent, other);

    /// <summary>Refuses any other setting than these, unless it asks for nothing: null, false, zero, or an empty object.</summary>
    /// <exception cref="CheckpointException">There is one, and what it would change is not known here.</exception>
    public void RequireOnly(params IReadOnlyList<string> names)
    {
        foreach (var setting in json.EnumerateObject())
            if (!names.Contains(setting.Name) && setting.Value.GetRawText().Replace(" ", "", StringComparison.Ordinal) is var value
                && value is not ("null" or "false" or "0" or "0.0" or "{}"))
                throw Wrong(setting.Name, "nothing: this setting is not known here, and might change what the model computes", value);
    }

    /// <summary>Two sides, given as one number or as height and width; null where they are missing.</summary>
    public (int Height, int Width)? Sides(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array) return (Integer(name), Integer(name));
        var sides = value.EnumerateArray()
            .Select(side => side.ValueKind == JsonValueKind.Number && side.TryGetInt32(out var number) ? number : -1).ToList();
        return sides.Count == 2 && sides.TrueForAll(side => side > 0) ? (sides[0], sides[1])
            : throw Wrong(name, "a whole number, or two", value.GetRawText());
    }

    /// <summary>Three numbers: of red, green and blue.</summary>
    public IReadOnlyList<float> Channels(string name, IReadOnlyList<float> otherwise)
    {
        if (Find(name) is not { } value) return otherwise;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 3
            || value.EnumerateArray().Any(channel => channel.ValueKind != JsonValueKind.Number))
            throw Wrong(name, "three numbers", value.GetRawText());
        return [.. value.EnumerateArray().Select(channel => channel.GetSingle())];
    }

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

    /// <summary>The objects of a list; none where it is missing.</summary>
    public IReadOnlyList<JsonSettings> Objects(string name)
    {
        if (Find(name) is not { } value) return [];
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Object)
            ? [.. value.EnumerateArray().Select((one, at) => new JsonSettings(Path, one, $"{name}[{at}]"))]
            : throw Wrong(name, "a list of objects", value.GetRawText());
    }

    /// <summary>Refuses a string that is another one; one that is missing is empty.</summary>
    public void Require(string name, string expected)
    {
        if (Text(name, "") != expected)
            throw Wrong(name, expected.Length == 0 ? "nothing" : $"'{expected}'", Find(name)?.GetRawText() ?? "nothing");
    }

    /// <summary>Refuses settings other than these: what nobody reads could mean something.</summary>
    public void AllowOnly(params ReadOnlySpan<string> names)
    {
        foreach (var setting in json.EnumerateObject())
            if (!names.Contains(setting.Name)) throw Wrong(setting.Name, "no such setting", setting.Value.GetRawText());
    }

    /// <summary>The error that a setting is not what it has to be.</summary>
    public CheckpointException Wrong(string name, string expected, string found) => new(
        $"{Path}: '{(parent is null ? name : $"{parent}.{name}")}' is "
        + $"{(found.Length <= 80 ? found : found[..77] + "...")}; expected {expected}. "
        + "Take the file from the checkpoint again, or use a checkpoint of that kind.");
}
