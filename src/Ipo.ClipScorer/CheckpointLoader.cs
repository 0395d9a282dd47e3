using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Settings;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Ipo.ClipScorer;

/// <summary>Loads, proves and warms up the checkpoint while the ports are open already, so that the
/// process answers "alive, not ready" however long a large checkpoint takes. A checkpoint that
/// cannot be used ends the process.</summary>
internal sealed partial class CheckpointLoader(
    IOptions<ModelOptions> options, IHostApplicationLifetime lifetime, ILogger<CheckpointLoader> log)
    : BackgroundService, IHealthCheck
{
    private volatile EmbeddingModel? _model;

    /// <summary>The loaded checkpoint.</summary>
    /// <exception cref="StillLoadingException">It is not ready yet.</exception>
    public EmbeddingModel Model => _model ?? throw new StillLoadingException();

    /// <summary>Whether the checkpoint could not be used; the process then ends with a failure.</summary>
    public bool Failed { get; private set; }

    /// <summary>The folder that a setting means: the embedded ipo-tiny, beside
    /// the binaries, where it is empty.</summary>
    public static string Folder(string checkpoint) =>
        checkpoint.Length == 0 ? Path.Combine(AppContext.BaseDirectory, "models", "ipo-tiny") : Path.GetFullPath(checkpoint);

    protected override async Task ExecuteAsync(CancellationToken cancellation)
    {
        try { _model = await Task.Run(Load, cancellation); }
        catch (CheckpointException refusal)
        {
            await EndAsync(() => Console.Error.WriteLine($"clip-scorer cannot start: {refusal.Message}"), cancellation);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            await EndAsync(() => LoadingFailed(fault), cancellation);
        }
    }

    private EmbeddingModel Load() => Load(ExecutionDevice.Choose(options.Value));

    /// <summary>Loads the checkpoint on a device, or on the CPU where that one is not insisted on and fails: its memory
    /// may be taken, or its kernels not be in this build.</summary>
    internal EmbeddingModel Load(ExecutionDevice device)
    {
        try { return Ready(device); }
        catch (Exception fault) when (device.IsCuda && options.Value.Device == DeviceChoice.Auto
            && (fault is CheckpointException || ExecutionDevice.IsFault(fault)))
        {
            return Ready(ExecutionDevice.Cpu(
                options.Value.Threads, $"CUDA is installed but fails: {fault.Message.ReplaceLineEndings(" ")}"));
        }
    }

    private EmbeddingModel Ready(ExecutionDevice device)
    {
        var model = EmbeddingModel.Load(Folder(options.Value.Checkpoint), options.Value, device);
        try
        {
            var onHugePages = model.WarmUp();
            foreach (var assumption in model.Assumptions) Assumed(assumption);
            if (model.FallbackReason is { } reason) OnCpu(reason);
            Loaded(model.Facts.Name, model.Facts.Device, model.Facts.Precision, model.Facts.Digest,
                model.Parity?.Against ?? "nothing", model.Parity?.LargestError ?? 0, onHugePages >> 20);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    // The host has to be up before it can be asked to stop.
    private async Task EndAsync(Action say, CancellationToken cancellation)
    {
        Failed = true;
        var started = new TaskCompletionSource();
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellation);
        say();
        lifetime.StopApplication();
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellation = default) =>
        Task.FromResult(_model is { Facts: var facts }
            ? HealthCheckResult.Healthy($"{facts.Name} on {facts.Device} in {facts.Precision}")
            : HealthCheckResult.Unhealthy(Failed ? "the checkpoint cannot be used" : "the checkpoint is being loaded"));

    [LoggerMessage(Level = LogLevel.Information, Message =
        "Loaded {Name} on {Device} in {Precision}, digest {Digest}; largest error against {Reference}: {Error:E1}; "
        + "{HugePages} MiB on huge pages")]
    private partial void Loaded(
        string name, string device, string precision, string digest, string reference, double error, long hugePages);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The checkpoint leaves something open: {Assumption}")]
    private partial void Assumed(string assumption);

    [LoggerMessage(Level = LogLevel.Information, Message = "Running on the CPU: {Reason}")]
    private partial void OnCpu(string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Loading the checkpoint failed unexpectedly")]
    private partial void LoadingFailed(Exception fault);
}

/// <summary>The checkpoint is not ready yet.</summary>
internal sealed class StillLoadingException() : Exception(
    "The checkpoint is still being loaded; wait until the service is ready and send again.");
