using System.Diagnostics;
using Ipo.IntegrationTests.Faults;

namespace Ipo.IntegrationTests.Cluster;

/// <summary>What a process has of the machine.</summary>
/// <param name="MiB">Resident memory.</param>
/// <param name="Processor">Time on processors since it started.</param>
/// <param name="Handles">Open files, connections included; 0 where the system does not say.</param>
internal sealed record ProcessUse(double MiB, TimeSpan Processor, int Handles)
{
    public static ProcessUse Of(ServiceProcess process)
    {
        using var one = Process.GetProcessById(process.Id);
        var folder = $"/proc/{process.Id}/fd";
        return new(one.WorkingSet64 / 1048576.0, one.TotalProcessorTime, Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder).Length : 0);
    }
}
