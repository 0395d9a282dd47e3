using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Contract;

/// <summary>The fields of an answer that a caller wants (AIP-157), by their names in the contract or in JSON: transcoding
/// hands on what stands in a query as it is.</summary>
/// <typeparam name="T">The answer's message.</typeparam>
internal sealed class ReadMask<T> where T : IMessage<T>, new()
{
    private static readonly MessageDescriptor Message = new T().Descriptor;

    private readonly Node? _wanted;

    private ReadMask(Node? wanted) => _wanted = wanted;

    /// <summary>Reads a request's mask.</summary>
    /// <param name="field">The field's path.</param>
    /// <param name="mask">What it holds; null or empty for all fields.</param>
    /// <exception cref="RefusedException">A path leads to no field, or into a list.</exception>
    public static ReadMask<T> Of(string field, FieldMask? mask)
    {
        if (mask is null or { Paths.Count: 0 }) return new(null);
        var wanted = new Node();
        foreach (var path in mask.Paths)
        {
            if (!wanted.TryAdd(Message, path.Split('.')))
                throw RefusedException.InvalidField(
                    field, $"has '{path}', which is no field of {Message.Name}; it has {NamesOf(Message)}, and the fields in them.");
        }
        return new(wanted);
    }

    /// <summary>Takes away what is not wanted.</summary>
    /// <param name="answer">The whole answer; it is changed.</param>
    public T Apply(T answer)
    {
        if (_wanted is not null) Prune(answer, _wanted);
        return answer;
    }

    private static void Prune(IMessage message, Node wanted)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            // To clear another member of a oneof would clear the one that is set.
            if (field.RealContainingOneof is { } choice && choice.Accessor.GetCaseFieldDescriptor(message) != field) continue;
            if (!wanted.Fields.TryGetValue(field.Name, out var inner)) field.Accessor.Clear(message);
            else if (!inner.IsWhole && field.Accessor.GetValue(message) is IMessage part) Prune(part, inner);
        }
    }

    private static string NamesOf(MessageDescriptor message) =>
        string.Join(", ", message.Fields.InFieldNumberOrder().Select(field => field.Name));

    // A field, and which of its own fields are wanted.
    private sealed class Node
    {
        public Dictionary<string, Node> Fields { get; } = [];

        public bool IsWhole { get; private set; }

        /// <returns>False where the path leads to no field.</returns>
        public bool TryAdd(MessageDescriptor? message, ReadOnlySpan<string> path)
        {
            if (path.IsEmpty) return IsWhole = true;
            var name = path[0];
            var field = message?.Fields.InFieldNumberOrder().FirstOrDefault(one => one.Name == name || one.JsonName == name);
            if (field is null) return false;
            if (!Fields.TryGetValue(field.Name, out var inner)) Fields[field.Name] = inner = new();
            return inner.TryAdd(field is { IsRepeated: false, FieldType: FieldType.Message } ? field.MessageType : null, path[1..]);
        }
    }
}
