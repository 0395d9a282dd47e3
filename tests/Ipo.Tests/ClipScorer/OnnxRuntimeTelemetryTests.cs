using System.Diagnostics;
using System.Runtime.InteropServices;
using Ipo.ClipScorer;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.ClipScorer;

public sealed class OnnxRuntimeTelemetryTests
{
    [Fact]
    public void It_is_off_where_native_code_looks_for_it()
    {
        _ = CheckpointLoader.Folder(""); // any of its code, as whatever loads a model runs
        Assert.Equal("1", NativeVariable(OnnxRuntimeTelemetry.Switch));
        Assert.Equal("1", Environment.GetEnvironmentVariable(OnnxRuntimeTelemetry.Switch));
    }

    // The variable's name is the library's to change; what it leaves on the disk shows whether it heeded it.
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_service_leaves_nothing_in_the_home_folder()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("There a service cannot be told to stop from outside.");
        using var home = new TempFolder();
        var start = new ProcessStartInfo("dotnet", [typeof(CheckpointLoader).Assembly.Location])
        {
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in new[]
                 {
                     ("HOME", home.Path), ("USERPROFILE", home.Path), ("IPO_GRPC_PORT", "0"), ("IPO_HTTP_PORT", "0"),
                     ("Ipo__ClipScorer__Device", "Cpu"),
                 }) start.Environment[name] = value;
        // With any of these the library would be silent without us; XDG_CACHE_HOME moves what it writes.
        foreach (var name in new[] { OnnxRuntimeTelemetry.Switch, "CI", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME" })
            start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        try
        {
            string? line;
            do line = await process.StandardOutput.ReadLineAsync(Cancellation);
            while (line is not null && !line.Contains("Loaded ipo-tiny", StringComparison.Ordinal));
            Assert.NotNull(line);
            Signals.Send("TERM", process.Id);
            await process.StandardOutput.ReadToEndAsync(Cancellation);
            await process.WaitForExitAsync(Cancellation);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
        Assert.Empty(Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories));
    }

    private static string? NativeVariable(string name) =>
        OperatingSystem.IsWindows()
            ? Environment.GetEnvironmentVariable(name)
            : Marshal.PtrToStringUTF8(GetVariable([.. System.Text.Encoding.UTF8.GetBytes(name), 0]));

    [DllImport("libc", EntryPoint = "getenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern nint GetVariable(byte[] name);
}
