using Ipo.Orchestrator.Datasets;

namespace Ipo.Orchestrator.Operations;

/// <summary>An operation that is worked on here: how far it is, and how it is stopped.</summary>
/// <param name="operation">The operation as it was begun.</param>
internal sealed class ActiveOperation(V1.Operation operation)
{
    private V1.EncodingProgress? _encoding;

    /// <summary>The work. It is done when the operation is kept as ended.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    /// <summary>How far a registration is.</summary>
    public RegistrationProgress Registration { get; } = new();

    // Not disposed: somebody may cancel it at any time, and it holds neither timer nor handle.
    public CancellationTokenSource Cancelled { get; } = new();

    /// <summary>Says how far an evaluation is.</summary>
    public void Encoded(long done, long all) => Volatile.Write(ref _encoding, new() { ImagesDone = done, Images = all });

    /// <summary>The operation now.</summary>
    public V1.Operation Look()
    {
        var shown = operation.Clone();
        if (DatasetMessages.Of(Registration) is { } registered) shown.RegistrationProgress = registered;
        if (Volatile.Read(ref _encoding) is { } encoded) shown.EvaluationProgress = encoded;
        return shown;
    }
}
