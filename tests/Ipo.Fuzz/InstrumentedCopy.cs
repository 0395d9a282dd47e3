using System.Diagnostics;
using SharpFuzz;

namespace Ipo.Fuzz;

/// <summary>A copy of this program whose own assemblies count their branches (SharpFuzz), in a process of its own.</summary>
internal static class InstrumentedCopy
{
    /// <returns>Its exit code; 1 with the last input kept if it was ended from inside.</returns>
    public static int Run(IReadOnlyList<string> arguments, string finds)
    {
        var copy = Directory.CreateTempSubdirectory("ipo-fuzz-").FullName;
        try
        {
            Make(AppContext.BaseDirectory, copy);
            var last = Path.Combine(copy, "last-input");
            using var current = new CurrentInput(last);
            var start = new ProcessStartInfo(Environment.ProcessPath!);
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(Path.Combine(copy, "Ipo.Fuzz.dll"));
            else start.FileName = Path.Combine(copy, "Ipo.Fuzz");
            foreach (var argument in (string[])[.. arguments, "--instrumented", last, "--parent", $"{Environment.ProcessId}"]) start.ArgumentList.Add(argument);
            // Half of the readers take files: in memory, where the system has such a place.
            if (Directory.Exists("/dev/shm")) start.Environment["TMPDIR"] = "/dev/shm";
            using var process = Process.Start(start)!;
            process.WaitForExit();
            if (process.ExitCode is 0 or 1 or 2) return process.ExitCode;
            var (target, input) = current.Read();
            Directory.CreateDirectory(finds);
            var kept = Path.Combine(finds, $"{target.Replace(' ', '-')}-ended.bin");
            File.WriteAllBytes(kept, input);
            Console.WriteLine($"FIND {target}: the process ended with {process.ExitCode}\n  {kept}");
            return 1;
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    // All but our own assemblies is the same file: native libraries weigh hundreds of megabytes.
    private static void Make(string from, string to)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(from))
        {
            var (name, target) = (Path.GetFileName(entry), Path.Combine(to, Path.GetFileName(entry)));
            var isOwn = name.StartsWith("ipo.", StringComparison.OrdinalIgnoreCase);
            if (!isOwn && Directory.Exists(entry)) Directory.CreateSymbolicLink(target, entry);
            else if (!isOwn) File.CreateSymbolicLink(target, entry);
            else
            {
                File.Copy(entry, target);
                // The contract is generated code, and its readers are a library's.
                if (Path.GetExtension(name) == ".dll" && name is not ("Ipo.Fuzz.dll" or "Ipo.Protos.dll"))
                    Fuzzer.Instrument(target, _ => true, Options.Value);
            }
        }
    }
}
