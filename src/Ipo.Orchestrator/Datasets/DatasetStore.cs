using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Storage;

namespace Ipo.Orchestrator.Datasets;

/// <summary>The registered datasets, in the database. A dataset that is registered with other content keeps its earlier
/// versions, because reports of earlier runs speak of them. Each is found among those of <see cref="Tenant.Current"/>.</summary>
internal sealed class DatasetStore(Database database)
{
    private const string Columns =
        "SELECT name, folder, digest, layout, class_names, hand_written_template, warnings, registered_at FROM datasets";

    private readonly ConcurrentDictionary<(string Tenant, string Name, string Digest), Dataset> _loaded = new();

    /// <summary>Keeps a dataset as the current one of its name. The same content keeps the time of its first
    /// registration.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="written">Called for every image that is written.</param>
    /// <returns>The dataset as kept.</returns>
    public Dataset Save(Dataset dataset, Action written)
    {
        var tenant = Tenant.Current;
        var saved = dataset;
        database.Write(writing =>
        {
            var known = writing.Query<Row>(
                $"{Columns} WHERE tenant = @tenant AND name = @Name AND digest = @Digest", new { tenant, dataset.Name, dataset.Digest })
                .Select(Read).FirstOrDefault();
            saved = dataset with { RegisteredAt = known?.RegisteredAt ?? dataset.RegisteredAt };
            writing.Execute("UPDATE datasets SET is_current = 0 WHERE tenant = @tenant AND name = @Name", new { tenant, saved.Name });
            writing.Execute(
                """
                INSERT INTO datasets
                    (tenant, name, digest, folder, layout, class_names, hand_written_template, warnings, registered_at, is_current)
                VALUES (@tenant, @Name, @Digest, @Folder, @Layout, @ClassNames, @HandWrittenTemplate, @Warnings, @RegisteredAt, 1)
                ON CONFLICT (tenant, name, digest) DO UPDATE SET folder = @Folder, layout = @Layout, class_names = @ClassNames,
                    hand_written_template = @HandWrittenTemplate, warnings = @Warnings, registered_at = @RegisteredAt, is_current = 1
                """,
                new
                {
                    tenant,
                    saved.Name,
                    saved.Digest,
                    saved.Folder,
                    saved.Layout,
                    ClassNames = JsonSerializer.Serialize(saved.ClassNames),
                    HandWrittenTemplate = saved.HandWrittenTemplate ?? "",
                    Warnings = JsonSerializer.Serialize(saved.Warnings),
                    RegisteredAt = saved.RegisteredAt.ToString("O", CultureInfo.InvariantCulture),
                });
            // Files may have moved inside the folder, so their rows are written anew.
            writing.Execute(
                "DELETE FROM dataset_images WHERE tenant = @tenant AND name = @Name AND digest = @Digest",
                new { tenant, saved.Name, saved.Digest });
            writing.Execute(
                """
                INSERT INTO dataset_images (tenant, name, digest, position, path, sha256, label, split)
                VALUES (@tenant, @Name, @Digest, @Position, @Path, @Sha256, @Label, @Split)
                """,
                saved.Images.Select((image, position) =>
                {
                    written();
                    return new
                    {
                        tenant,
                        saved.Name,
                        saved.Digest,
                        Position = position,
                        image.Path,
                        image.Sha256,
                        image.Label,
                        Split = (int)image.Split,
                    };
                }));
        });
        return _loaded[(tenant, saved.Name, saved.Digest)] = saved;
    }

    /// <summary>Deletes all versions of a dataset, with the digests of the files below their folders. Looks at test images
    /// are not its own: they stay.</summary>
    /// <returns>The folders of its versions.</returns>
    public IReadOnlyList<string> Delete(string name)
    {
        var tenant = Tenant.Current;
        IReadOnlyList<string> folders = [];
        database.Write(writing =>
        {
            folders = writing.Query<string>(
                "SELECT DISTINCT folder FROM datasets WHERE tenant = @tenant AND name = @name", new { tenant, name });
            writing.Execute("DELETE FROM dataset_images WHERE tenant = @tenant AND name = @name", new { tenant, name });
            writing.Execute("DELETE FROM datasets WHERE tenant = @tenant AND name = @name", new { tenant, name });
            writing.Execute(
                "DELETE FROM file_digests WHERE path > @folder || '/' AND path < @folder || '0'", folders.Select(folder => new { folder }));
        });
        Release(name);
        return folders;
    }

    /// <summary>Lets go of a dataset's images in memory; whoever asks for them next reads them again.</summary>
    public void Release(string name)
    {
        var tenant = Tenant.Current;
        foreach (var key in _loaded.Keys.Where(key => key.Tenant == tenant && key.Name == name)) _loaded.TryRemove(key, out _);
    }

    /// <summary>The current dataset of a name without its images, or null.</summary>
    public Dataset? FindWithoutImages(string name) => database
        .Query<Row>($"{Columns} WHERE tenant = @tenant AND name = @name AND is_current = 1", new { tenant = Tenant.Current, name })
        .Select(Read).FirstOrDefault();

    /// <summary>Whether a dataset of this content is registered.</summary>
    public bool Has(string name, string digest) => database.Scalar<long>(
        "SELECT COUNT(*) FROM datasets WHERE tenant = @tenant AND name = @name AND digest = @digest",
        new { tenant = Tenant.Current, name, digest }) > 0;

    /// <summary>Whether any version of a dataset, of whatever tenant, lies in a folder or below it.</summary>
    public bool IsFolderInUse(string folder) =>
        database.Query<string>("SELECT DISTINCT folder FROM datasets").Any(used => CanonicalPath.IsUnder(used, folder));

    /// <summary>The current dataset of a name, or null.</summary>
    public Dataset? Find(string name) => Load("name = @name AND is_current = 1", new { tenant = Tenant.Current, name }).FirstOrDefault();

    /// <summary>The dataset of a name as it stood with a digest, or null.</summary>
    public Dataset? Find(string name, string digest) =>
        Load("name = @name AND digest = @digest", new { tenant = Tenant.Current, name, digest }).FirstOrDefault();

    /// <summary>The current dataset of a name.</summary>
    /// <exception cref="RefusedException">There is none; the message lists those that are.</exception>
    public Dataset Get(string name) => Find(name) ?? throw RefusedException.NotFound("dataset", name,
        $"There is no dataset '{name}'; "
            + $"{(Names() is { Count: > 0 } names ? $"registered are: {string.Join(", ", names)}" : "none is registered yet")}.");

    /// <summary>All current datasets by name.</summary>
    public IReadOnlyList<Dataset> List() => [.. Load("is_current = 1", new { tenant = Tenant.Current })];

    private IReadOnlyList<string> Names() => database.Query<string>(
        "SELECT name FROM datasets WHERE tenant = @tenant AND is_current = 1 ORDER BY name", new { tenant = Tenant.Current });

    private IEnumerable<Dataset> Load(string where, object values) =>
        database.Query<Row>($"{Columns} WHERE tenant = @tenant AND {where} ORDER BY name", values).Select(Read).Select(WithImages);

    private Dataset WithImages(Dataset row)
    {
        // Folder, template and warnings may be newer than what was loaded; images are a function of the key, paths
        // aside.
        var tenant = Tenant.Current;
        if (_loaded.TryGetValue((tenant, row.Name, row.Digest), out var loaded) && loaded.Folder == row.Folder)
            return row with { Images = loaded.Images };
        var images = database.Query<ImageRow>(
            "SELECT path, sha256, label, split FROM dataset_images WHERE tenant = @tenant AND name = @Name AND digest = @Digest "
                + "ORDER BY position", new { tenant, row.Name, row.Digest });
        return _loaded[(tenant, row.Name, row.Digest)] = row with
        {
            Images = [.. images.Select(image => new DatasetImage(image.Path, image.Sha256, (int)image.Label, (DatasetSplit)image.Split))],
        };
    }

    private static Dataset Read(Row row) => new(
        row.Name, row.Folder, row.Digest, row.Layout, JsonSerializer.Deserialize<string[]>(row.ClassNames)!, [],
        row.HandWrittenTemplate.Length > 0 ? row.HandWrittenTemplate : null, JsonSerializer.Deserialize<string[]>(row.Warnings)!,
        DateTimeOffset.Parse(row.RegisteredAt, CultureInfo.InvariantCulture));

    private sealed record Row
    {
        public required string Name { get; init; }
        public required string Digest { get; init; }
        public required string Folder { get; init; }
        public required string Layout { get; init; }
        public required string ClassNames { get; init; }
        public required string HandWrittenTemplate { get; init; }
        public required string Warnings { get; init; }
        public required string RegisteredAt { get; init; }
    }

    private sealed record ImageRow(string Path, string Sha256, long Label, long Split);
}
