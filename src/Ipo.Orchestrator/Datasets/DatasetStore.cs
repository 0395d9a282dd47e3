using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Ipo.Orchestrator.Datasets;

/// <summary>The registered datasets, in the database. A dataset that is registered with other content keeps its earlier versions,
/// because reports of earlier runs speak of them.</summary>
internal sealed class DatasetStore(Database database)
{
    private readonly ConcurrentDictionary<(string Name, string Digest), Dataset> _loaded = new();

    /// <summary>Keeps a dataset as the current one of its name. The same content keeps the time of its first registration.</summary>
    /// <returns>The dataset as kept.</returns>
    public Dataset Keep(Dataset dataset)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        var known = Read(connection, "name = $name AND digest = $digest", dataset.Name, dataset.Digest).FirstOrDefault();
        var kept = dataset with { RegisteredAt = known?.RegisteredAt ?? dataset.RegisteredAt };

        Run(connection, "UPDATE datasets SET is_current = 0 WHERE name = $name", ("$name", kept.Name));
        Run(connection,
            """
            INSERT OR REPLACE INTO datasets (name, digest, folder, layout, class_names, hand_written_template, warnings, registered_at, is_current)
            VALUES ($name, $digest, $folder, $layout, $classNames, $template, $warnings, $at, 1)
            """,
            ("$name", kept.Name), ("$digest", kept.Digest), ("$folder", kept.Folder), ("$layout", kept.Layout),
            ("$classNames", JsonSerializer.Serialize(kept.ClassNames)), ("$template", kept.HandWrittenTemplate ?? ""),
            ("$warnings", JsonSerializer.Serialize(kept.Warnings)), ("$at", kept.RegisteredAt.ToString("O", CultureInfo.InvariantCulture)));
        // Files may have moved inside the folder, so their rows are written anew.
        Run(connection, "DELETE FROM dataset_images WHERE name = $name AND digest = $digest", ("$name", kept.Name), ("$digest", kept.Digest));
        KeepImages(connection, kept);
        transaction.Commit();
        _loaded[(kept.Name, kept.Digest)] = kept;
        return kept;
    }

    /// <summary>The current dataset of a name, or null.</summary>
    public Dataset? Find(string name)
    {
        using var connection = database.Open();
        return Read(connection, "name = $name AND is_current = 1", name, "").Select(row => Load(connection, row)).FirstOrDefault();
    }

    /// <summary>The dataset of a name as it stood with a digest, or null.</summary>
    public Dataset? Find(string name, string digest)
    {
        using var connection = database.Open();
        return Read(connection, "name = $name AND digest = $digest", name, digest).Select(row => Load(connection, row)).FirstOrDefault();
    }

    /// <summary>The current dataset of a name.</summary>
    /// <exception cref="RefusedException">There is none; the message lists those that are.</exception>
    public Dataset Get(string name) => Find(name)
        ?? throw RefusedException.NotFound("dataset", name, $"There is no dataset '{name}'; {(Names() is { Length: > 0 } names ? $"registered are: {string.Join(", ", names)}" : "none is registered yet")}.");

    /// <summary>All current datasets by name.</summary>
    public IReadOnlyList<Dataset> List()
    {
        using var connection = database.Open();
        return [.. Read(connection, "is_current = 1", "", "").Select(row => Load(connection, row))];
    }

    private string[] Names()
    {
        using var connection = database.Open();
        return [.. Read(connection, "is_current = 1", "", "").Select(dataset => dataset.Name)];
    }

    private Dataset Load(SqliteConnection connection, Dataset row)
    {
        // Folder, template and warnings may be newer than what was loaded; images are a function of the key, paths aside.
        if (_loaded.TryGetValue((row.Name, row.Digest), out var loaded) && loaded.Folder == row.Folder) return row with { Images = loaded.Images };
        return _loaded[(row.Name, row.Digest)] = row with { Images = Images(connection, row) };
    }

    private static List<Dataset> Read(SqliteConnection connection, string where, string name, string digest)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT name, folder, digest, layout, class_names, hand_written_template, warnings, registered_at FROM datasets WHERE {where} ORDER BY name";
        command.Parameters.AddWithValue("$name", name);
        command.Parameters.AddWithValue("$digest", digest);
        using var rows = command.ExecuteReader();
        var datasets = new List<Dataset>();
        while (rows.Read())
            datasets.Add(new(
                rows.GetString(0), rows.GetString(1), rows.GetString(2), rows.GetString(3),
                JsonSerializer.Deserialize<string[]>(rows.GetString(4))!, [],
                rows.GetString(5) is { Length: > 0 } template ? template : null,
                JsonSerializer.Deserialize<string[]>(rows.GetString(6))!,
                DateTimeOffset.Parse(rows.GetString(7), CultureInfo.InvariantCulture)));
        return datasets;
    }

    private static List<DatasetImage> Images(SqliteConnection connection, Dataset row)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT path, sha256, label, split FROM dataset_images WHERE name = $name AND digest = $digest ORDER BY position";
        command.Parameters.AddWithValue("$name", row.Name);
        command.Parameters.AddWithValue("$digest", row.Digest);
        using var rows = command.ExecuteReader();
        var images = new List<DatasetImage>();
        while (rows.Read()) images.Add(new(rows.GetString(0), rows.GetString(1), rows.GetInt32(2), (DatasetSplit)rows.GetInt32(3)));
        return images;
    }

    private static void KeepImages(SqliteConnection connection, Dataset dataset)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO dataset_images (name, digest, position, path, sha256, label, split) VALUES ($name, $digest, $position, $path, $sha256, $label, $split)";
        for (var position = 0; position < dataset.Images.Count; position++)
        {
            var image = dataset.Images[position];
            command.Parameters.Clear();
            command.Parameters.AddWithValue("$name", dataset.Name);
            command.Parameters.AddWithValue("$digest", dataset.Digest);
            command.Parameters.AddWithValue("$position", position);
            command.Parameters.AddWithValue("$path", image.Path);
            command.Parameters.AddWithValue("$sha256", image.Sha256);
            command.Parameters.AddWithValue("$label", image.Label);
            command.Parameters.AddWithValue("$split", (int)image.Split);
            command.ExecuteNonQuery();
        }
    }

    private static void Run(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value);
        command.ExecuteNonQuery();
    }
}
