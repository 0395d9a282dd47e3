using System.Text.Json;

namespace Ipo.Cli.Hub;

/// <summary>A file that is not whole yet: FILE.part, and FILE.part.json that says which content it is a
/// part of.</summary>
internal sealed class PartialFile
{
    public const string Suffix = ".part", NoteSuffix = ".part.json";

    private readonly string _whole, _note;
    private readonly ChosenFile _file;

    public PartialFile(string folder, ChosenFile file)
    {
        (_whole, _file) = (System.IO.Path.Combine(folder, file.Name), file);
        (Path, _note) = (_whole + Suffix, _whole + NoteSuffix);
        (var digest, ETag) = Noted();
        IsOfFile = digest == file.Digest.Hex && Length <= file.Size;
    }

    /// <summary>Whether what is here is a part of this file and not of another version.</summary>
    public bool IsOfFile { get; private set; }

    public string Path { get; }

    /// <summary>What the server that it came from calls the content; null where it said nothing.</summary>
    public string? ETag { get; private set; }

    /// <summary>Bytes that are here.</summary>
    public long Length => File.Exists(Path) ? new FileInfo(Path).Length : 0;

    /// <summary>Opens it to write on behind its end.</summary>
    public FileStream Open()
    {
        var stream = new FileStream(Path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        stream.Position = stream.Length;
        return stream;
    }

    /// <summary>Notes what it is a part of.</summary>
    public void Note(string? etag)
    {
        (ETag, IsOfFile) = (etag, true);
        File.WriteAllText(_note, JsonSerializer.Serialize(new Content(_file.Digest.Hex, etag)));
    }

    /// <summary>Gives it its own name.</summary>
    public string Finish()
    {
        File.Move(Path, _whole, overwrite: true);
        File.Delete(_note);
        return _whole;
    }

    public void Delete()
    {
        ETag = null;
        File.Delete(Path);
        File.Delete(_note);
    }

    private Content Noted()
    {
        try
        {
            return File.Exists(_note) ? JsonSerializer.Deserialize<Content>(File.ReadAllText(_note)) ?? Content.None : Content.None;
        }
        catch (JsonException)
        {
            return Content.None; // cut while it was written: nobody knows what the part is of
        }
    }

    private sealed record Content(string? Digest, string? ETag)
    {
        public static Content None { get; } = new(null, null);
    }
}
