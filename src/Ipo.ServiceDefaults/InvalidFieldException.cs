using Grpc.Core;

namespace Ipo.ServiceDefaults;

/// <summary>A field of a request is wrong. Every service answers it with INVALID_ARGUMENT and the field's
/// path.</summary>
/// <param name="path">The field's path, for instance <c>memory[2].template</c>.</param>
/// <param name="rest">The sentence behind the path: what the field holds and what it takes.</param>
public sealed class InvalidFieldException(string path, string rest) : Exception($"{path} {rest}")
{
    /// <summary>The field's path.</summary>
    public string Field => path;

    /// <summary>What it means for a caller.</summary>
    public ErrorStatus Status => new(StatusCode.InvalidArgument, "INVALID_FIELD", Message) { Field = path };

    /// <summary>From a whole sentence that begins with the field's path.</summary>
    public static InvalidFieldException FromSentence(string sentence)
    {
        var end = sentence.IndexOf(' ', StringComparison.Ordinal);
        return new(sentence[..end], sentence[(end + 1)..]);
    }
}
