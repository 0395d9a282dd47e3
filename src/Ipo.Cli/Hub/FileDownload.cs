using Ipo.Cli.Connections;
using Ipo.V1;

namespace Ipo.Cli.Hub;

/// <summary>Downloads single files of a model at a commit. Each goes into FILE.part first, so that it goes on where it was cut,
/// and gets its own name once its checksum is right.</summary>
internal sealed class FileDownload(
    HubClient hub, ModelName model, string commit, string folder, PullProgress progress, CancellationToken cancellation)
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Bytes of a file that an interrupted download left.</summary>
    public long Left(ChosenFile file) => new PartialFile(folder, file) is { IsOfFile: true } part ? part.Length : 0;

    /// <summary>Downloads what is lacking of a file, and checks the whole.</summary>
    /// <returns>Where it lies.</returns>
    /// <exception cref="CommandFailure">It is not what the hub lists, or cannot be had.</exception>
    public async Task<string> RunAsync(ChosenFile file, Retries retries)
    {
        var part = new PartialFile(folder, file);
        if (!part.IsOfFile)
        {
            if (part.Length > 0) progress.Tell($"{file.Name}: what an earlier pull left is of another version and is dropped.");
            part.Delete();
        }
        await retries.RunAsync(() => ContinueAsync(file, part), () => part.Length);
        var found = await file.Digest.OfAsync(part.Path, _ => { }, cancellation);
        if (found == file.Digest) return part.Finish();
        part.Delete();
        throw new CommandFailure(
            $"{file.Name} is not what the hub lists: it has {found}, and should have {file.Digest}. It was deleted. "
            + "The same command downloads it anew; where that fails too, a proxy or mirror changes files: name another with HF_ENDPOINT.");
    }

    private async Task<bool> ContinueAsync(ChosenFile file, PartialFile part)
    {
        await using var stream = part.Open();
        if (stream.Length == file.Size) return true;
        using var answer = await OpenAsync(file, part, stream);
        if (answer.Length is { } length && length != file.Size)
            throw new CommandFailure(
                $"The hub lists {Amounts.Count(file.Size, "byte")} for {file.Name}, and {Amounts.Count(length)} come. "
                + "Something between here and the hub may answer in its place, such as a page to log in.");
        if (answer.From != stream.Length)
        {
            if (answer.From != 0) throw new CommandFailure($"The server sends {file.Name} from another place than it was asked to.");
            progress.Tell(
                $"{file.Name}: the server sends it from its beginning, so the {Amounts.Bytes(stream.Length)} that were here are dropped.");
            Drop(stream);
        }
        part.Note(answer.ETag);
        try
        {
            await CopyAsync(answer, stream, file);
        }
        finally
        {
            stream.Flush(flushToDisk: true);
        }
        return stream.Length == file.Size
            ? true
            : throw new PassingFault($"{file.Name} ended at {Amounts.Bytes(stream.Length)} of {Amounts.Bytes(file.Size)}");
    }

    private async Task<HubAnswer> OpenAsync(ChosenFile file, PartialFile part, FileStream stream)
    {
        try
        {
            return await hub.OpenAsync(model, commit, file.Name, stream.Length, part.ETag);
        }
        catch (PassingFault fault) when (fault.DropsPart)
        {
            Drop(stream);
            throw;
        }
    }

    private async Task CopyAsync(HubAnswer answer, FileStream stream, ChosenFile file)
    {
        var buffer = new byte[BufferBytes];
        while (await answer.ReadAsync(buffer) is var count and > 0)
        {
            if (stream.Length + count > file.Size)
                throw new CommandFailure(
                    $"The hub lists {Amounts.Count(file.Size, "byte")} for {file.Name}, and more come. "
                    + "Try again, or name another mirror with HF_ENDPOINT.");
            await stream.WriteAsync(buffer.AsMemory(0, count), cancellation);
            progress.Add(count);
        }
    }

    private void Drop(FileStream stream)
    {
        progress.Add(-stream.Length);
        stream.SetLength(0);
    }
}
