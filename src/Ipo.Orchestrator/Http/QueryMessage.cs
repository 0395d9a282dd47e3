using System.Text.Json;
using Google.Protobuf;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Http;

/// <summary>A query string as a message of the contract, for endpoints that transcoding does not make: by the same names, and
/// what the message does not have is refused.</summary>
internal static class QueryMessage
{
    private static readonly JsonParser Strict = new(JsonParser.Settings.Default);

    /// <exception cref="RefusedException">A parameter is unknown, or holds what its field does not take.</exception>
    public static T Read<T>(IQueryCollection query) where T : IMessage<T>, new()
    {
        foreach (var (name, values) in query)
        {
            if (values is not [{ } value]) throw RefusedException.InvalidField(name, $"is given {values.Count} times; give it once.");
            try { Strict.Parse<T>(JsonSerializer.Serialize(new Dictionary<string, string> { [name] = value })); }
            catch (Exception wrong) when (wrong is InvalidProtocolBufferException or InvalidJsonException)
            {
                throw RefusedException.InvalidField(name, $"is '{value}', which {typeof(T).Name} does not take: {wrong.Message}");
            }
        }
        return Strict.Parse<T>(JsonSerializer.Serialize(query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString())));
    }
}
