using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Ipo.Optimization.Facts;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Journal;

/// <summary>A run as one file: lines of JSON, compressed by gzip. The first line says what it is and how many events follow, so that
/// a file that is cut off is known; each further one is an event as the journal has it.</summary>
internal static class RunArchive
{
    private const string Kind = "ipo-run";
    private const int Version = 1;

    // What it may hold, so that a small file cannot fill the memory.
    private const long MostBytes = 256 * 1024 * 1024;

    /// <summary>Writes one.</summary>
    /// <exception cref="RefusedException">It is larger than a message may be.</exception>
    public static ByteString Write(string runId, IReadOnlyList<RunEvent> events, DateTimeOffset now)
    {
        using var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true))
        using (var writer = new StreamWriter(gzip, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" })
        {
            var header = new Header(Kind, Version, runId, events.Count, now, IpoVersion.Text);
            writer.WriteLine(JsonSerializer.Serialize(header, JsonSerializerOptions.Web));
            foreach (var happened in events) writer.WriteLine(StoredEvent.Write(happened));
        }
        return file.Length <= ServiceDefaults.GrpcServing.MaxReceiveBytes
            ? ByteString.CopyFrom(file.GetBuffer(), 0, (int)file.Length)
            : throw RefusedException.Exhausted(
                $"The archive of run '{runId}' takes {file.Length >> 20} MiB, and a message holds 64; copy the database instead.");
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="RefusedException">The bytes are no archive of a run, or are cut off.</exception>
    public static IReadOnlyList<RunEvent> Read(ReadOnlyMemory<byte> archive)
    {
        try
        {
            using var reader = new StreamReader(Unpack(archive), Encoding.UTF8);
            var header = JsonSerializer.Deserialize<Header>(reader.ReadLine() ?? "", JsonSerializerOptions.Web);
            if (header is not { Kind: Kind }) throw new InvalidDataException("its first line does not say that it is one");
            if (header.Version != Version)
                throw new InvalidDataException($"it has version {header.Version}, and this version of Ipo knows {Version}");
            var events = new List<RunEvent>();
            while (reader.ReadLine() is { } line) events.Add(Event(header.RunId, events.Count + 1, line));
            if (events.Count != header.Events) throw new InvalidDataException($"it holds {events.Count} of {header.Events} events");
            return events;
        }
        catch (Exception fault) when (fault is InvalidDataException or JsonException or JournalDamagedException or DecoderFallbackException)
        {
            throw RefusedException.InvalidField("archive", $"is no archive of a run: {fault.Message.TrimEnd('.')}.");
        }
    }

    private static MemoryStream Unpack(ReadOnlyMemory<byte> archive)
    {
        using var gzip = new GZipStream(new MemoryStream(archive.ToArray(), writable: false), CompressionMode.Decompress);
        var (unpacked, part) = (new MemoryStream(), new byte[64 * 1024]);
        while (gzip.Read(part) is > 0 and var read)
        {
            if (unpacked.Length + read > MostBytes) throw new InvalidDataException($"it unpacks to more than {MostBytes >> 20} MiB");
            unpacked.Write(part, 0, read);
        }
        unpacked.Position = 0;
        return unpacked;
    }

    private static RunEvent Event(string runId, long version, string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty("type", out var type)
            && type.ValueKind is JsonValueKind.String
            ? StoredEvent.Read(runId, version, type.GetString()!, line)
            : throw new InvalidDataException($"line {version + 1} holds no event");
    }

    private sealed record Header(string Kind, int Version, string RunId, int Events, DateTimeOffset ArchivedAt, string IpoVersion);
}
