namespace Ipo.Cli.Connections;

/// <summary>The folder in which Ipo keeps everything: IPO_HOME, by default ~/.ipo.</summary>
internal static class IpoHome
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static string Folder(Func<string, string?> environment) => environment("IPO_HOME") is { Length: > 0 } set
        ? Path.GetFullPath(set)
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ipo");

    /// <summary>The folder, made where it is missing: for its owner alone, as the AppHost makes it.</summary>
    public static string Make(Func<string, string?> environment)
    {
        var folder = Folder(environment);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly);
        return folder;
    }
}
