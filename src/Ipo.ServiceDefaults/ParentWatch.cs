using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ipo.ServiceDefaults;

/// <summary>Ends this process when its parent is gone, however the parent ended: the parent holds the write end of our standard
/// input, and the system closes it even after kill -9, which no handler in the parent can see.
/// On only with IPO_STOP_WHEN_STDIN_CLOSES=1, because a daemon's standard input is closed from the start.</summary>
internal sealed partial class ParentWatch(IConfiguration configuration, IHostApplicationLifetime lifetime, IOptions<HostOptions> host, ILogger<ParentWatch> log) : IHostedService
{
    /// <summary>Longer than the host's own patience with a stop: paid calls in flight may still bring their answers home, and what a
    /// service sets for that holds here too. An idle service is gone at once.</summary>
    internal TimeSpan Grace => host.Value.ShutdownTimeout + TimeSpan.FromSeconds(5);

    public static bool IsOn(IConfiguration configuration) => configuration["IPO_STOP_WHEN_STDIN_CLOSES"] == "1";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A thread of its own: a blocking read would hold one of the pool's for the whole life of the process.
        if (IsOn(configuration))
            new Thread(Watch) { IsBackground = true, Name = "parent watch" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Watch()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[256];
        while (input.Read(ignored) > 0) { }
        ParentGone();
        lifetime.StopApplication();
        Thread.Sleep(Grace);
        // Not Environment.Exit: it waits for the very shutdown that has just proved too slow.
        Process.GetCurrentProcess().Kill();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Standard input closed: the process that started this service is gone, stopping")]
    private partial void ParentGone();
}
