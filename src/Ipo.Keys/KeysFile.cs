using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Ipo.Keys;

/// <summary>The file that keeps keys: JSON, <c>{"keys": […]}</c>, to be mounted as a secret although it holds none.</summary>
public static partial class KeysFile
{
    private const int MostBytes = 4 * 1024 * 1024;
    private const int LongestName = 100;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Reads the file's bytes.</summary>
    /// <exception cref="KeysFileException">It cannot be read.</exception>
    public static byte[] ReadBytes(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > MostBytes) throw new KeysFileException($"{path} has more than {MostBytes} bytes; it is no file of keys.");
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new KeysFileException($"{path} cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>The keys that a file's bytes hold.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="bytes">What it holds.</param>
    /// <exception cref="KeysFileException">They are no file of keys, or a key in it is wrong.</exception>
    public static IReadOnlyList<ApiKey> Parse(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            var keys = (JsonSerializer.Deserialize<Content>(bytes, Json) ?? throw new JsonException("It is null.")).Keys;
            if (keys.Select(Problem).FirstOrDefault(problem => problem is not null) is { } wrong)
                throw new KeysFileException($"{path}: {wrong}");
            return keys.GroupBy(key => key.Id, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice
                ? throw new KeysFileException($"{path}: the key '{twice.Key}' is there twice.")
                : keys;
        }
        catch (JsonException fault)
        {
            throw new KeysFileException($"{path} is no file of keys: {fault.Message} 'ipo keys create' makes one.", fault);
        }
    }

    /// <summary>The keys of a file.</summary>
    /// <exception cref="KeysFileException">It cannot be read, or is wrong.</exception>
    public static IReadOnlyList<ApiKey> Read(string path) => Parse(path, ReadBytes(path));

    /// <summary>Writes a file whole or not at all, for its owner alone to read.</summary>
    /// <exception cref="KeysFileException">It cannot be written, or a key is wrong.</exception>
    public static void Write(string path, IReadOnlyList<ApiKey> keys)
    {
        if (keys.Select(Problem).FirstOrDefault(problem => problem is not null) is { } wrong) throw new KeysFileException(wrong);
        var aside = $"{path}.{Guid.NewGuid():N}";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(aside, options)) JsonSerializer.Serialize(file, new Content { Keys = keys }, Json);
            File.Move(aside, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new KeysFileException($"{path} cannot be written: {fault.Message}", fault);
        }
        finally { File.Delete(aside); }
    }

    private static string? Problem(ApiKey key) => key switch
    {
        _ when !Id().IsMatch(key.Id) => $"the id '{key.Id}' is none: 10 lower-case letters and digits.",
        _ when string.IsNullOrWhiteSpace(key.Name) || key.Name.Length > LongestName || key.Name.Any(char.IsControl) =>
            $"the name of the key '{key.Id}' is empty, longer than {LongestName} characters, or holds a control character.",
        _ when !Enum.IsDefined(key.Role) => $"the role of the key '{key.Id}' is none: read, run or admin.",
        _ when !TenantName.IsOne(key.Tenant) => $"the tenant '{key.Tenant}' of the key '{key.Id}' is none: {TenantName.Rule}.",
        _ when !Digest().IsMatch(key.Sha256) => $"the sha256 of the key '{key.Id}' is not one: 64 lower-case hexadecimal digits.",
        _ => null,
    };

    [GeneratedRegex(@"^[a-z0-9]{10}\z")]
    private static partial Regex Id();

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex Digest();

    private sealed record Content
    {
        public required IReadOnlyList<ApiKey> Keys { get; init; }
    }
}

/// <summary>A file of keys cannot be used. The message says which and why.</summary>
public sealed class KeysFileException(string message, Exception? inner = null) : Exception(message, inner);
