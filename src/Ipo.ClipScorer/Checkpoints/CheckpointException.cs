namespace Ipo.ClipScorer.Checkpoints;

/// <summary>A checkpoint cannot be used: which file, what was expected, what was found, what to do.</summary>
internal sealed class CheckpointException : Exception
{
    public CheckpointException(string message) : base(message) { }

    public CheckpointException(string message, Exception cause) : base(message, cause) { }
}
