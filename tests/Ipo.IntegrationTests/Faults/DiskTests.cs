using System.Diagnostics;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.IntegrationTests.Faults;

/// <summary>A disk that is full blocks a run until it has space again.</summary>
[Collection(nameof(Faults))]
public sealed class DiskTests(Undisturbed undisturbed, ITestOutputHelper output)
{
    private const long MiB = 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Of the MiB that are to stay free half is left; with none the disk is filled to the last byte.
    [Theory]
    [InlineData(0, "there is no space left on its disk; make some")]
    [InlineData(8, "MiB left and 8 MiB are kept free; make some space")]
    public async Task A_run_on_a_full_disk_is_blocked_buys_nothing_and_goes_on_by_itself(int leastFree, string says)
    {
        using var folder = new TempFolder();
        var disk = Path.Combine(folder, "disk");
        Directory.CreateDirectory(disk);
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) Assert.Skip("Only root can mount a file system of its own.");
        await CallAsync("mount", "-t", "tmpfs", "-o", "size=32m", "ipo-faults", disk);
        try
        {
            await using var system = await FaultSystem.StartAsync(
                Cancellation, ("Ipo__Orchestrator__DataDirectory", Path.Combine(disk, "data")), ("Ipo__Orchestrator__LeastFreeBytes", $"{leastFree * MiB}"));
            system.Model.Latency = TimeSpan.FromSeconds(0.5);
            await system.CreateRunAsync("run", Undisturbed.Settings, Cancellation);
            await system.UntilAsync("run", run => run.StepsCompleted >= 1, Cancellation);
            Fill(Path.Combine(disk, "fill"), leaves: leastFree * MiB / 2);
            var blocked = await system.UntilAsync("run", run => run.State is RunState.Blocked, Cancellation);
            Assert.Contains(says, blocked.Activity, StringComparison.Ordinal);
            var shown = await system.IpoAsync(Cancellation, "runs");
            await Task.Delay(TimeSpan.FromSeconds(1), Cancellation); // what was under way has come
            var bought = system.Model.Requests;
            await Task.Delay(TimeSpan.FromSeconds(Scale.IsFull ? 10 : 2), Cancellation);
            Assert.Equal(bought, system.Model.Requests);
            Assert.Contains("blocked", shown.Output, StringComparison.OrdinalIgnoreCase);
            File.Delete(Path.Combine(disk, "fill"));
            var began = Stopwatch.GetTimestamp();
            await system.UntilAsync("run", run => run.State is not RunState.Blocked, Cancellation);
            output.WriteLine($"{blocked.Activity}\n  {bought} answers bought before, none while it was full; went on {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s after there was space");
            await undisturbed.DemandSameAsync(system, "run", Cancellation);
            var check = await system.IpoAsync(Cancellation, "journal", "check");
            Assert.True(check.ExitCode == 0, check.Output + check.Errors);
        }
        finally { await CallAsync("umount", disk); }
    }

    private static void Fill(string path, long leaves)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (leaves == 0 || new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace > leaves) file.Write(block);
        }
        catch (IOException) { } // full
    }

    private static async Task CallAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(CancellationToken.None);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
