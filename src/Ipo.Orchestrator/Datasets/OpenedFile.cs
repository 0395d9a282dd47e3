using System.ComponentModel;
using System.Runtime.InteropServices;
using Ipo.Orchestrator.Errors;
using Microsoft.Win32.SafeHandles;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Opens files below folders that others may write to. A path that was looked at may be another file's when it is
/// opened, so what was opened is asked where it lies; and what would make a reader wait for a writer, a named pipe, is
/// refused instead.</summary>
internal static partial class OpenedFile
{
    private const int NoSuchFile = 2, NoPermission = 13; // errno(3), the same on Linux and macOS

    /// <summary>Opens a file to read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="root">The folder that it has to lie under, without links; null where its content is compared with a
    /// digest.</param>
    /// <exception cref="RefusedException">It lies elsewhere, through links, or is no plain file.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream Read(string path, string? root)
    {
        var handle = OperatingSystem.IsWindows()
            ? File.OpenHandle(path, options: FileOptions.SequentialScan)
            : Open(path);
        try
        {
            var name = Path.GetFileName(path);
            if (root is not null && !CanonicalPath.IsUnder(PlaceOf(handle, path), root)) throw Leaving(name);
            var stream = new FileStream(handle, FileAccess.Read);
            return stream.CanSeek ? stream : throw RefusedException.Invalid($"'{name}' is a pipe or a device, and no file.");
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>What is said of a path that leads out of the dataset root.</summary>
    public static RefusedException Leaving(string relative) => RefusedException.Invalid(
        $"'{relative}' is a symbolic link that leads out of the dataset root; put the file itself there.");

    // Linux tells of what is open where it lies. Elsewhere its path is followed again, which leaves a moment for a change.
    private static string PlaceOf(SafeFileHandle handle, string path) =>
        OperatingSystem.IsLinux() && new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget is { } place
            ? place
            : CanonicalPath.Of(path);

    private static SafeFileHandle Open(string path)
    {
        // O_RDONLY; O_NONBLOCK, or opening a pipe waits for whoever writes into it; O_CLOEXEC. fcntl.h
        var flags = OperatingSystem.IsMacOS() ? 0x0000_0004 | 0x0100_0000 : 0x0000_0800 | 0x0008_0000;
        var descriptor = OpenNonBlocking(path, flags);
        return descriptor >= 0 ? new(descriptor, ownsHandle: true) : throw Fault(Marshal.GetLastPInvokeError(), path);
    }

    private static Exception Fault(int error, string path)
    {
        var message = $"{new Win32Exception(error).Message}: '{path}'";
        return error switch
        {
            NoSuchFile => new FileNotFoundException(message),
            NoPermission => new UnauthorizedAccessException(message),
            _ => new IOException(message),
        };
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int OpenNonBlocking(string path, int flags);
}
