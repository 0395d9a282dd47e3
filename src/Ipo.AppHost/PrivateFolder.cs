namespace Ipo.AppHost;

/// <summary>A folder that only its owner can enter: the journal in it holds instructions, answers and the names of images.</summary>
internal static class PrivateFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the folder, or takes others' rights to it away and says so.</summary>
    /// <returns>Null, or why the folder cannot be used.</returns>
    public static string? Ensure(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder); // a profile's folders are private there by inheritance
                return null;
            }
            Directory.CreateDirectory(folder, OwnerOnly);
            if ((File.GetUnixFileMode(folder) & ~OwnerOnly) == 0) return null;
            File.SetUnixFileMode(folder, OwnerOnly);
            Console.WriteLine($"{folder} could be read by others; it is now its owner's alone (mode 700).");
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"IPO_HOME: {folder} cannot be used ({fault.Message}). Name a folder of your own.";
        }
    }
}
