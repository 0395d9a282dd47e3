using System.Collections.Concurrent;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ipo.Tests.Fakes;

/// <summary>A service's real Program.cs in this process, reached over gRPC.</summary>
/// <typeparam name="TMarker">Any type of the service's assembly.</typeparam>
internal sealed class InProcessService<TMarker> : WebApplicationFactory<TMarker> where TMarker : class
{
    private readonly Dictionary<string, string?> settings;
    private readonly Action<IServiceCollection>? replace;
    private readonly Lazy<GrpcChannel> channel;

    /// <param name="settings">Configuration by path.</param>
    /// <param name="replace">Registrations to add at last, for fakes.</param>
    public InProcessService(Dictionary<string, string?>? settings = null, Action<IServiceCollection>? replace = null)
    {
        (this.settings, this.replace) = (settings ?? [], replace);
        channel = new(() => GrpcChannel.ForAddress(Server.BaseAddress, new GrpcChannelOptions { HttpHandler = Server.CreateHandler(), MaxReceiveMessageSize = null }));
    }

    public GrpcChannel Channel => channel.Value;

    /// <summary>Every log line from the most verbose level on, with its scopes' and its exception's text.</summary>
    public ConcurrentQueue<string> Logs { get; } = new();

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("IPO_HTTP_PORT", "0").UseSetting("IPO_GRPC_PORT", "0");
        foreach (var (path, value) in settings) builder.UseSetting(path, value);
        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(new Capture(Logs)).SetMinimumLevel(LogLevel.Trace).AddFilter((_, _, _) => true));
        if (replace is not null) builder.ConfigureServices(replace);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && channel.IsValueCreated) channel.Value.Dispose();
        base.Dispose(disposing);
    }

    private sealed class Capture(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            lines.Enqueue(state.ToString() ?? "");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose() { }
    }
}
