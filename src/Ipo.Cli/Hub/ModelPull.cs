using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.V1;

namespace Ipo.Cli.Hub;

/// <summary>What a pull did.</summary>
/// <param name="Folder">Where the checkpoint lies.</param>
/// <param name="Record">What it is.</param>
/// <param name="LeftOut">What stayed at the hub; empty where nothing had to be taken.</param>
/// <param name="Downloaded">Bytes that came over the network.</param>
internal sealed record PulledModel(string Folder, PullRecord Record, IReadOnlyList<LeftOutFile> LeftOut, long Downloaded);

/// <summary>Takes a model from a hub into a folder, which is whole afterwards or as it was.</summary>
/// <param name="model">The model's name.</param>
/// <param name="revision">A branch, a tag or a commit.</param>
/// <param name="folder">The whole path of the folder.</param>
/// <param name="settings">Which hub.</param>
/// <param name="silence">The longest wait for a sign of the hub.</param>
internal sealed class ModelPull(
    ModelName model, string revision, string folder, HubSettings settings, TimeSpan silence, Terminal terminal,
    CancellationToken cancellation)
{
    private readonly PullProgress _progress = new(terminal);

    /// <exception cref="CommandFailure">It cannot be had; what came of it waits for the same command.</exception>
    public async Task<PulledModel> RunAsync()
    {
        try
        {
            var record = PullRecord.In(folder);
            if (record is not null && record.Model != model.ToString())
                throw new CommandFailure($"{folder} holds {record.Model}. Take another folder for {model} with --into.");
            if (settings.IsOffline) return await OfflineAsync(record);
            // A commit never changes, so what is there of it needs no hub.
            if (record?.Commit == revision && await FaultAsync(record) is null) return There(record);
            return await AskAsync(record);
        }
        finally
        {
            _progress.End();
        }
    }

    private async Task<PulledModel> OfflineAsync(PullRecord? record)
    {
        const string isOffline = "HF_HUB_OFFLINE is set, so no hub is asked";
        if (record is null)
        {
            var left = PullFolder.Left(folder);
            var waiting = left > 0 ? $"; {Amounts.Bytes(left)} of an interrupted pull wait beside it" : "";
            throw new CommandFailure(
                $"{isOffline}, and {folder} has no model that was pulled{waiting}. Unset HF_HUB_OFFLINE to pull it.");
        }
        if (revision != record.Revision && revision != record.Commit)
            throw new CommandFailure(
                $"{isOffline}, and {folder} has {model} at commit {record.Commit} ({record.Revision}), not at '{revision}'. "
                + "Unset HF_HUB_OFFLINE to pull that.");
        if (await FaultAsync(record) is { } fault)
            throw new CommandFailure($"{isOffline}, and in {folder} {fault}. Unset HF_HUB_OFFLINE to pull it again.");
        _progress.Tell($"{isOffline}.");
        return There(record);
    }

    private async Task<PulledModel> AskAsync(PullRecord? record)
    {
        using var hub = new HubClient(settings, silence, cancellation);
        var retries = new Retries(terminal.Time, _progress.Tell, cancellation);
        var listing = await retries.RunAsync(() => hub.ListAsync(model, revision), () => 0);
        if (record is not null)
        {
            var names = record.Files.Select(file => file.Name);
            if (record.Commit != listing.Commit) _progress.Tell($"{folder} has commit {record.Commit}; the hub has another one now.");
            else if (await FaultAsync(record) is { } fault) _progress.Tell($"In {folder} {fault}; it is taken again.");
            else if (CheckpointFiles.AreAllIn(listing, names)) return There(record);
        }
        using var place = PullFolder.Open(folder);
        return await TakeAsync(listing, record, place, new(hub, model, listing.Commit, place.Files, _progress, cancellation), retries);
    }

    private async Task<PulledModel> TakeAsync(
        HubListing listing, PullRecord? record, PullFolder place, FileDownload download, Retries retries)
    {
        var began = terminal.Time.GetTimestamp();
        var kept = new KeptFiles(folder, record, place.Files, cancellation);
        var chosen = await CheckpointFiles.ChooseAsync(listing, model, async file =>
        {
            if (await kept.FindAsync(file, _ => { }) is { } path) return path;
            place.RequireRoom(file.Size);
            _progress.Begin($"downloading {file.Name}", file.Size, download.Left(file));
            return await download.RunAsync(file, retries);
        });
        kept.DropOthers(chosen.Files);
        var missing = await MissingAsync(chosen.Files, kept);
        var left = missing.Sum(download.Left);
        place.RequireRoom(missing.Sum(file => (decimal)file.Size) - left);
        var (all, toLoad) = (chosen.Files.Sum(file => file.Size), missing.Sum(file => file.Size) - left);
        _progress.Tell(
            $"{model} at commit {listing.Commit} ({revision}): {Amounts.Count(chosen.Files.Count, "file")}, {Amounts.Bytes(all)}"
            + $"{(toLoad < all ? $", of which {Amounts.Bytes(all - toLoad)} are here" : "")}.");
        TellWhatIsLeftOut(chosen.LeftOut);
        _progress.Begin("downloading", all, all - toLoad);
        foreach (var file in missing) await download.RunAsync(file, retries);
        var taken = new PullRecord(
            settings.Endpoint.ToString(), model.ToString(), revision, listing.Commit,
            [.. chosen.Files.Select(file => new RecordedFile(file.Name, file.Size, file.Digest.Hex))]);
        taken.Write(place.Files);
        place.Publish();
        _progress.Tell(
            $"Pulled {model} into {folder}: {Amounts.Bytes(toLoad)} downloaded in "
            + $"{Amounts.Clock(terminal.Time.GetElapsedTime(began))}, every checksum right.");
        return new(folder, taken, chosen.LeftOut, toLoad);
    }

    private async Task<List<ChosenFile>> MissingAsync(IReadOnlyList<ChosenFile> files, KeptFiles kept)
    {
        _progress.Begin("checking what is here", files.Where(kept.MayHave).Sum(file => file.Size));
        var missing = new List<ChosenFile>();
        foreach (var file in files)
            if (await kept.FindAsync(file, _progress.Add) is null)
                missing.Add(file);
        return missing;
    }

    private void TellWhatIsLeftOut(IEnumerable<LeftOutFile> files)
    {
        const int most = 4;
        foreach (var alike in files.GroupBy(file => file.Reason))
        {
            var names = string.Join(", ", alike.Take(most).Select(file => file.Name));
            var more = alike.Count() > most ? $" and {alike.Count() - most} more" : "";
            _progress.Tell($"Left out, {alike.Key}: {names}{more} ({Amounts.Bytes(alike.Sum(file => (decimal)(file.Size ?? 0)))}).");
        }
    }

    private PulledModel There(PullRecord record)
    {
        _progress.Tell(
            $"{folder} has {model} at commit {record.Commit} ({record.Revision}): {Amounts.Count(record.Files.Count, "file")}, "
            + $"{Amounts.Bytes(record.Files.Sum(file => file.Size))}, every checksum right.");
        return new(folder, record, [], 0);
    }

    private async Task<string?> FaultAsync(PullRecord record)
    {
        _progress.Begin("checking what is here", record.Files.Sum(file => file.Size));
        return await record.FaultAsync(folder, _progress.Add, cancellation);
    }
}
