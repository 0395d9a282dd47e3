using System.Text.RegularExpressions;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Contract;

/// <summary>Ids that callers choose, of runs and of operations.</summary>
internal static partial class RequestId
{
    /// <exception cref="RefusedException">It is not an id.</exception>
    /// <param name="field">The field's path.</param>
    /// <param name="id">What it holds.</param>
    public static void Check(string field, string id)
    {
        if (!Id().IsMatch(id))
            throw RefusedException.InvalidField(field, $"'{id}' is invalid: use 1 to 64 letters, digits or '-', or leave it out.");
    }

    [GeneratedRegex(@"^[A-Za-z0-9\-]{1,64}\z")]
    private static partial Regex Id();
}
