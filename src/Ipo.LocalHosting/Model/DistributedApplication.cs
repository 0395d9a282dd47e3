using System.Text;
using Aspire.Hosting.ApplicationModel;
using Ipo.LocalHosting.Running;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>A composed application, ready to run on this machine.</summary>
public sealed class DistributedApplication
{
    private readonly IConfiguration _configuration;
    private readonly IReadOnlyList<IResource> _resources;

    internal DistributedApplication(IConfiguration configuration, IReadOnlyList<IResource> resources) =>
        (_configuration, _resources) = (configuration, resources);

    /// <param name="args">The AppHost's arguments; <c>--key value</c> is configuration.</param>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new DistributedApplicationBuilder(args);

    /// <summary>Runs until Ctrl-C or a termination signal, then stops every process it started.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Runs until a signal or <paramref name="cancellationToken"/>. A wrong composition ends it at once with a line on
    /// standard error and exit code 1; nothing is started then.</summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        // The children's output is read as UTF-8; Windows would write it in the code page of its console.
        if (OperatingSystem.IsWindows()) Console.OutputEncoding = new UTF8Encoding(false);
        using var signals = new StopSignals(cancellationToken);
        try
        {
            await using var run = new LocalRun(_configuration, _resources, ConsoleLog.ForTerminal());
            await run.RunAsync(signals.Stopping, signals.Killing);
        }
        catch (DistributedApplicationException refusal)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
            Environment.ExitCode = 1;
        }
    }
}
