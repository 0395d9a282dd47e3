using Xunit;

namespace Ipo.Tests;

/// <summary>Finds the goldens and photographs that stand outside the repository, beside it or where IPO_SHARED says.</summary>
internal static class Shared
{
    /// <summary>The root of the working copy: the folder that holds Ipo.sln.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The full path of something under the shared folder; the calling test is skipped, with the reason, where it is missing.</summary>
    public static string Path(string relative)
    {
        var root = Environment.GetEnvironmentVariable("IPO_SHARED") is { Length: > 0 } set
            ? set
            : System.IO.Path.Combine(Repository, "..", "shared");
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(root, relative));
        if (!System.IO.Path.Exists(path))
            Assert.Skip($"'{relative}' is not at {root}; set IPO_SHARED to the folder that holds it.");
        return path;
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Ipo.sln"))) return folder.FullName;
        throw new InvalidOperationException($"No Ipo.sln above {AppContext.BaseDirectory}.");
    }
}
