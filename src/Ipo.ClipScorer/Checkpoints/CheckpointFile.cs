using System.Text.Json;
using System.Text.Unicode;

namespace Ipo.ClipScorer.Checkpoints;

/// <summary>Opens the files of a checkpoint's folder with errors a person can act on.</summary>
internal static class CheckpointFile
{
    private static readonly JsonDocumentOptions OneOfAName = new() { AllowDuplicateProperties = false };

    /// <summary>A file behind all links: a Hugging Face cache links to its blobs, and ONNX Runtime refuses weights behind
    /// a link that leaves the folder.</summary>
    public static string Resolve(string path) =>
        File.Exists(path) ? Path.GetFullPath(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path) : path;

    /// <summary>Opens one file for reading.</summary>
    /// <exception cref="CheckpointException">It is missing or may not be read.</exception>
    public static FileStream OpenRead(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CheckpointException(
                $"{path} is missing. A checkpoint is a folder as the hub has it: config.json with model.safetensors or "
                + "pytorch_model.bin, or open_clip_config.json with open_clip_model.safetensors or "
                + "open_clip_pytorch_model.bin; and vocab.json with merges.txt or tokenizer.json, preprocessor_config.json.", missing);
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            throw new CheckpointException($"{path} cannot be read: {refused.Message} Check the file's permissions.", refused);
        }
    }

    /// <summary>Parses one JSON file whose root is an object. Each of its strings can be read, and each name stands once in its
    /// object.</summary>
    /// <exception cref="CheckpointException">It is missing or not such a JSON object.</exception>
    public static JsonDocument ReadJson(string path)
    {
        using var stream = OpenRead(path);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        JsonDocument document;
        try
        {
            CheckStrings(bytes);
            document = JsonDocument.Parse(Text(bytes), OneOfAName);
        }
        catch (JsonException notJson)
        {
            throw new CheckpointException($"{path} is not JSON ({Where(notJson)}). Take the file from the checkpoint again.", notJson);
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
        document.Dispose();
        throw new CheckpointException($"{path} is not a JSON object. Take the file from the checkpoint again.");
    }

    /// <summary>Where a JSON file stops making sense, for a person: lines count from 1.</summary>
    public static string Where(JsonException notJson) => notJson.LineNumber is { } line ? $"line {line + 1}" : notJson.Message;

    // The parser takes strings as they are, and reading them throws where they are none.
    private static void CheckStrings(byte[] bytes)
    {
        if (!Utf8.IsValid(bytes)) throw new JsonException("it is not UTF-8");
        if (bytes.AsSpan().IndexOf("\\ud"u8) < 0 && bytes.AsSpan().IndexOf("\\uD"u8) < 0) return;
        var reader = new Utf8JsonReader(Text(bytes).Span);
        try
        {
            while (reader.Read())
                if (reader.ValueIsEscaped) _ = reader.GetString();
        }
        catch (InvalidOperationException half)
        {
            throw new JsonException("a string has half of a surrogate pair", half);
        }
    }

    // Some editors put a mark in front, which is no part of JSON (RFC 8259, section 8.1).
    private static ReadOnlyMemory<byte> Text(byte[] bytes) => bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);
}
