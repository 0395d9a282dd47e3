namespace Ipo.Orchestrator.Datasets;

/// <summary>What lies in a dataset's folder and is not read, gathered over all its folders so that a person gets a
/// sentence for each kind, with the number and the first few.</summary>
internal sealed class LeftOut
{
    private readonly List<string> _files = [], _classless = [], _tables = [], _folders = [], _mangled = [];

    /// <summary>A file that is no image by its name, or an image where no class is.</summary>
    public void File(string path) =>
        (DatasetFiles.IsMangled(path) ? _mangled
            : DatasetFiles.IsImage(path) ? _classless
            : DatasetFiles.IsTable(path) || DatasetFiles.IsOtherTable(path) ? _tables : _files).Add(path);

    /// <summary>A folder in which no images are looked for.</summary>
    public void Folder(string path) => (DatasetFiles.IsMangled(path) ? _mangled : _folders).Add(path);

    /// <summary>A file that cannot be found by the name that it seems to have.</summary>
    public void Mangled(string path) => _mangled.Add(path);

    /// <summary>A sentence for each kind.</summary>
    public IEnumerable<string> Warnings()
    {
        if (_files.Count > 0) yield return $"{Are(_files)} not read: not an image by its extension. {DatasetFiles.ReadEndings}.";
        if (_classless.Count > 0)
            yield return $"{Are(_classless)} not read: "
                + (_classless.Count == 1 ? "it lies in no class folder, so its class is not known. Move it"
                    : "they lie in no class folder, so their classes are not known. Move them")
                + " into the folder of the class, or away.";
        if (_tables.Count > 0)
            yield return $"{Are(_tables)} not read, and the folders' names are the classes. If labels stand in there, give a CSV file with "
                + "the columns image and class.";
        if (_folders.Count > 0)
            yield return $"{Are(_folders)} not read: {(_folders.Count == 1 ? "a folder" : "folders")} where images of a class or folders "
                + "of classes are expected.";
        if (_mangled.Count > 0)
            yield return $"{Are(_mangled)} left out: {(_mangled.Count == 1 ? "the name is" : "the names are")} not UTF-8. Rename "
                + $"{(_mangled.Count == 1 ? "it" : "them")} to use {(_mangled.Count == 1 ? "it" : "them")}.";
    }

    private static string Are(List<string> paths) => $"{FileList.Summarize(paths)} {(paths.Count == 1 ? "is" : "are")}";
}
