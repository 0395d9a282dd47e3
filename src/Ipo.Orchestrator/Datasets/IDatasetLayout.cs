namespace Ipo.Orchestrator.Datasets;

/// <summary>A way in which a folder can hold a dataset; every one in this assembly is tried.</summary>
internal interface IDatasetLayout
{
    /// <summary>Its name in a dataset.</summary>
    string Name { get; }

    /// <summary>The lowest is tried first: a list goes before folders, which may lie beside it.</summary>
    int Order { get; }

    /// <summary>What is looked for in a folder, for messages, as a noun.</summary>
    string LookedFor { get; }

    /// <summary>Whether it is that of published datasets, which nobody mends: what is wrong in one is left out and
    /// told.</summary>
    bool IsPublished { get; }

    /// <summary>Whether it has nothing but test images, so that no run can search on it.</summary>
    bool HasTestAlone => false;

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">The folder, without symbolic links.</param>
    /// <param name="root">The dataset root that it may not lead out of.</param>
    /// <param name="progress">Told of every image that is found.</param>
    /// <returns>What it lists; null where it is of another layout.</returns>
    DatasetListing? Read(string folder, string root, RegistrationProgress progress);
}
