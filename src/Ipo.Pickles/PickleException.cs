namespace Ipo.Pickles;

/// <summary>A pickle is damaged, or asks for what its kind has no need of; the message is a sentence without the file's
/// name in front of it.</summary>
public sealed class PickleException : Exception
{
    public PickleException(string message, Exception? cause = null) : base(message, cause) { }

    /// <summary>The error that a pickle makes no sense.</summary>
    public static PickleException Damaged(string what, Exception? cause = null) =>
        new($"holds a damaged pickle ({what}). Take the file again from where it is from.", cause);
}
