using System.Xml.Linq;
using Xunit;

namespace Ipo.Tests.Structure;

/// <summary>What docs/architecture.md and the package list say is what the tree has.</summary>
public sealed class ArchitecturePageTests
{
    private static readonly string[] Folders = ["src", "samples", "tests", "protos"];

    [Fact]
    public void Every_project_of_src_and_samples_is_on_the_page()
    {
        var page = File.ReadAllText(Path.Combine(Shared.Repository, "docs", "architecture.md"));
        var projects = Projects().Select(file => Path.GetRelativePath(Shared.Repository, Path.GetDirectoryName(file)!).Replace('\\', '/'))
            .Where(folder => folder.StartsWith("src/", StringComparison.Ordinal) || folder.StartsWith("samples/", StringComparison.Ordinal)).ToList();
        Assert.True(projects.Count > 8, $"only {projects.Count} projects were found");
        Assert.All(projects, project => Assert.Contains($"`{project}", page, StringComparison.Ordinal));
    }

    // A version may also pin what another package brings; then a lock file names it.
    [Fact]
    public void Every_package_version_is_of_a_package_that_a_project_has()
    {
        var listed = XDocument.Load(Path.Combine(Shared.Repository, "Directory.Packages.props")).Descendants("PackageVersion")
            .Select(version => version.Attribute("Include")!.Value).ToList();
        var used = Projects().SelectMany(file => XDocument.Load(file).Descendants("PackageReference"))
            .Select(reference => reference.Attribute("Include")!.Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var locks = string.Concat(Files("packages*.lock.json").Select(File.ReadAllText));
        Assert.True(listed.Count > 20, $"only {listed.Count} versions were found");
        Assert.All(listed, name => Assert.True(
            used.Contains(name) || locks.Contains($"\"{name}\": {{\n        \"type\": \"CentralTransitive\"", StringComparison.Ordinal), name));
    }

    private static IEnumerable<string> Projects() => Files("*.csproj");

    private static IEnumerable<string> Files(string pattern) => Folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Shared.Repository, folder), pattern, SearchOption.AllDirectories))
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));
}
