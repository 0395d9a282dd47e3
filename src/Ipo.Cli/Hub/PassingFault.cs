namespace Ipo.Cli.Hub;

/// <summary>What went wrong may go right at the next try: a cut connection, a busy hub.</summary>
/// <param name="message">What went wrong, without a full stop.</param>
/// <param name="wait">How long the hub asks to wait; null where it says nothing.</param>
internal sealed class PassingFault(string message, TimeSpan? wait = null) : Exception(message)
{
    public TimeSpan? Wait => wait;

    /// <summary>Whether what is here of the file is of no use to the next try.</summary>
    public bool DropsPart { get; init; }
}
