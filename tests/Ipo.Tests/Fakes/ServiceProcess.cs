using System.Diagnostics;

namespace Ipo.Tests.Fakes;

/// <summary>A service as its own process, for what only a process shows: its exit code and its standard error.</summary>
internal static class ServiceProcess
{
    /// <summary>Runs a service that is expected to end by itself; one that still runs after 30 seconds is killed.</summary>
    /// <typeparam name="TMarker">Any type of the service's assembly.</typeparam>
    public static async Task<(int Exit, string Error)> RunAsync<TMarker>(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(TMarker).Assembly.Location, "--IPO_HTTP_PORT=0", "--IPO_GRPC_PORT=0", .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = await process.StandardError.ReadToEndAsync(limit.Token);
            await output;
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, error);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
