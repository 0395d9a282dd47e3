using System.Collections.Concurrent;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Configuration;
using Ipo.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Http;

/// <summary>Ends calls that are open when their caller's token stops counting: a watch would go on for hours after the key
/// was revoked. Each token is looked at once in an interval, however many calls are open with it.</summary>
internal sealed class OpenCalls(IOptions<AccessOptions> access, TimeProvider clock) : BackgroundService
{
    private readonly ConcurrentDictionary<OpenCall, byte> _open = new();

    /// <summary>Has all calls that follow looked after.</summary>
    public static void Use(WebApplication app)
    {
        var calls = app.Services.GetRequiredService<OpenCalls>();
        app.Use(calls.DoAsync);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!access.Value.IsConfigured) return; // nobody is asked, so nobody's token stops counting
        using var timer = new PeriodicTimer(access.Value.CheckInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            foreach (var ofCaller in _open.Keys.GroupBy(call => (call.Pass.Token, call.Pass.Caller)))
            {
                if (ofCaller.First().Pass.Check() is not { } refusal) continue;
                foreach (var call in ofCaller) call.End(refusal);
            }
    }

    private async Task DoAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<Pass>() is not { } pass)
        {
            await next(context); // nobody was asked
            return;
        }
        var left = context.RequestAborted;
        using var call = new OpenCall(pass, left);
        _open[call] = default;
        try
        {
            context.RequestAborted = call.Token;
            await next(context);
        }
        catch (Exception) when (pass.Refusal is not null && !left.IsCancellationRequested)
        {
            context.RequestAborted = left;
            await SayAsync(context.Response, pass.Refusal);
        }
        finally
        {
            _open.TryRemove(call, out _);
            context.RequestAborted = left;
        }
    }

    // gRPC's calls say it themselves (PassInterceptor). A browser's EventSource comes back after the end of its stream, is
    // refused with the same status, and stops.
    private static Task SayAsync(HttpResponse response, ErrorStatus refusal) =>
        !response.HasStarted ? Refusals.AnswerAsync(response.HttpContext, refusal)
        : response.ContentType?.StartsWith("text/event-stream", StringComparison.Ordinal) is true
            ? response.WriteAsync($"event: refused\ndata: {Refusals.JsonOf(refusal)}\n\n", response.HttpContext.RequestAborted)
            : Task.CompletedTask;

    private sealed class OpenCall(Pass pass, CancellationToken left) : IDisposable
    {
        private readonly CancellationTokenSource _ended = CancellationTokenSource.CreateLinkedTokenSource(left);
        private readonly Lock _ending = new();
        private bool _isOver;

        public Pass Pass => pass;

        public CancellationToken Token => _ended.Token;

        public void End(ErrorStatus refusal)
        {
            lock (_ending)
            {
                if (_isOver) return;
                pass.Refusal = refusal;
                _ = _ended.CancelAsync(); // what waits for it goes on elsewhere
            }
        }

        public void Dispose()
        {
            lock (_ending)
            {
                _isOver = true;
                if (pass.Refusal is null) _ended.Dispose(); // else those who wait for it may still be told
            }
        }
    }
}
