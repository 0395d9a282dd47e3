using System.Runtime.InteropServices;

namespace Ipo.Orchestrator.Uploads;

/// <summary>A second name for a file, which .NET 10 cannot make: a symbolic link would break when its target
/// goes.</summary>
internal static partial class HardLink
{
    /// <summary>Makes one; false where the file system has none, or not across these two folders.</summary>
    public static bool TryCreate(string path, string target) => OperatingSystem.IsWindows()
        ? CreateHardLink(path, target, 0)
        : Link(target, path) == 0;

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Link(string target, string path);

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", StringMarshalling = StringMarshalling.Utf16)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string path, string target, nint security);
}
