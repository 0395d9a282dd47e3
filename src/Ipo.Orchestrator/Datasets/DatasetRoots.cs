using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Errors;
using Ipo.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Datasets;

/// <summary>The folders that datasets may lie under. A request names a path on this machine; without this line it could
/// make the orchestrator read anything its user can.</summary>
internal sealed class DatasetRoots
{
    private readonly IReadOnlyList<string> _configured;
    private readonly bool _isDivided;

    public DatasetRoots(IOptions<OrchestratorOptions> options, IOptions<AccessOptions> access)
    {
        _isDivided = access.Value.IsConfigured;
        var configured = options.Value.DatasetRoots.Count > 0
            ? options.Value.DatasetRoots
            : [Path.Combine(options.Value.DataDirectory, "datasets")];
        _configured = [.. configured.Select(Path.GetFullPath).Distinct()];
    }

    /// <summary>The roots as absolute paths: as configured, or where callers are told apart, the tenant's folder in
    /// each.</summary>
    public IReadOnlyList<string> Folders =>
        _isDivided ? [.. _configured.Select(root => Path.Combine(root, Tenant.Current))] : _configured;

    /// <summary>Refuses roots that hold more than datasets, for a service that others reach: whatever lies under one can be
    /// registered, listed and looked at.</summary>
    /// <exception cref="ServiceStartException">One does.</exception>
    public void RefuseTooWide(string dataDirectory)
    {
        string[] kept = [dataDirectory, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)];
        foreach (var root in _configured)
            if (kept.FirstOrDefault(folder => Holds(root, folder)) is { } held)
                throw new ServiceStartException(
                    $"{OrchestratorOptions.Section}:DatasetRoots holds '{root}', and '{held}' lies in it: whoever reaches this service "
                        + "over the network could register what lies there. Name folders that hold datasets alone.");
    }

    private static bool Holds(string root, string folder) =>
        folder.Length > 0 && Path.GetPathRoot(folder) != folder
        && CanonicalPath.IsUnder(CanonicalPath.Of(folder), CanonicalPath.Of(root));

    /// <summary>Finds the folder or the zip that a request names.</summary>
    /// <param name="path">Absolute, or relative to a root.</param>
    /// <returns>The folder or zip without symbolic links, and the root it lies under, without links too.</returns>
    /// <exception cref="RefusedException">It does not exist, is neither, or leads out of every root.</exception>
    public (string Place, string Root) Resolve(string path)
    {
        if (string.IsNullOrWhiteSpace(path))
            throw RefusedException.InvalidField("path", "is empty; give a folder or a zip that lies under a dataset root.");
        if (path.Contains('\0', StringComparison.Ordinal)) throw RefusedException.InvalidField("path", "holds a NUL character.");

        var places = Path.IsPathFullyQualified(path) ? [path] : Folders.Select(root => Path.Combine(root, path)).ToArray();
        var place = places.FirstOrDefault(Path.Exists) ?? places[0];
        var folder = CanonicalPath.Of(place);
        var root = Folders.Select(CanonicalPath.Of).FirstOrDefault(root => CanonicalPath.IsUnder(folder, root));
        // Asked first, so that nobody learns from the answer what exists elsewhere.
        if (root is null)
            throw RefusedException.InvalidField(
                "path", $"'{path}' does not lie under a dataset root ({string.Join(", ", Folders)}), or leads out of it through a "
                    + $"symbolic link. Move the dataset there, or add its folder to {OrchestratorOptions.Section}:DatasetRoots (with the "
                        + "AppHost: to IPO_DATASETS, before the start).");
        if (ZipFiles.IsZip(folder)) return (folder, root);
        if (File.Exists(folder))
            throw RefusedException.InvalidField("path", $"'{path}' is a file; give the folder that holds it, or a .zip of that folder.");
        if (!Directory.Exists(folder))
            throw RefusedException.InvalidField(
                "path", $"'{path}' does not "
                    + $"exist{(Path.IsPathFullyQualified(path) ? "" : $" under any dataset root ({string.Join(", ", Folders)})")}.");
        return (folder, root);
    }
}
