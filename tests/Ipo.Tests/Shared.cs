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
        if (!Has(relative)) Assert.Skip($"'{relative}' is not at {Root}; set IPO_SHARED to the folder that holds it.");
        return FullPath(relative);
    }

    /// <summary>Whether something is under the shared folder; for what no test calls.</summary>
    public static bool Has(string relative) => System.IO.Path.Exists(FullPath(relative));

    private static string Root => Environment.GetEnvironmentVariable("IPO_SHARED") is { Length: > 0 } set ? set : System.IO.Path.Combine(Repository, "..", "shared");

    private static string FullPath(string relative) => System.IO.Path.GetFullPath(System.IO.Path.Combine(Root, relative));

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Ipo.sln"))) return folder.FullName;
        throw new InvalidOperationException($"No Ipo.sln above {AppContext.BaseDirectory}.");
    }
}
