using System.Text.Json;

namespace Ipo.Providers;

/// <summary>Why a body that came with success holds no answer.</summary>
internal enum AnswerFault
{
    /// <summary>Not JSON, or JSON of another shape than the protocol's.</summary>
    Malformed,

    /// <summary>An error object in place of an answer, as some gateways send it.</summary>
    Error,

    /// <summary>No choice.</summary>
    NoChoice,

    /// <summary>A choice without text.</summary>
    NoText,

    /// <summary>A choice without text, because the limit of tokens was reached before any was written.</summary>
    LimitReached,

    /// <summary>The model's own refusal, or its provider's filter, in place of a text.</summary>
    Refused,
}

/// <summary>What a provider says of an error, in words of its own; text from outside, cleaned before anyone sees
/// it.</summary>
internal sealed record ProviderError(int? Status, string Code, string Message)
{
    /// <summary>Whether the provider's moderation refused what was asked.</summary>
    public bool IsModeration { get; init; }

    /// <summary>The field of the request that it speaks of; empty where it names none.</summary>
    public string Field { get; init; } = "";

    /// <summary>How long it asks to wait; null where it does not say.</summary>
    public TimeSpan? Wait { get; init; }
}

/// <summary>A chat completion as far as we need it. Reading never throws: a server may send anything.</summary>
internal sealed record ChatAnswer(
    string Text, string Model, long InputTokens, long OutputTokens, AnswerFault? Fault, ProviderError? Error = null)
{
    private const int LongestModelName = 200;

    /// <summary>Whether the server stated both counts of tokens.</summary>
    public bool IsCounted { get; private init; }

    public static ChatAnswer Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(WithoutMark(body));
            return Read(json.RootElement);
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException) // the second: half a surrogate pair in a string
        {
            return new ChatAnswer("", "", 0, 0, AnswerFault.Malformed);
        }
    }

    /// <summary>The error object of a refused request, or null where the body holds none.</summary>
    public static ProviderError? ReadError(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(WithoutMark(body));
            var root = json.RootElement is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 ? list[0]
                : json.RootElement;
            return ErrorOf(root) ?? BareError(root);
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static ChatAnswer Read(JsonElement root)
    {
        var model = String(root, "model") is { Length: <= LongestModelName } name ? name : "";
        var usage = Member(root, "usage");
        var (input, output) = (Count(usage, "prompt_tokens"), Count(usage, "completion_tokens"));
        var none = new ChatAnswer("", model, input ?? 0, output ?? 0, null) { IsCounted = input is not null && output is not null };

        if (ErrorOf(root) is { } error) return none with { Fault = AnswerFault.Error, Error = error };
        if (Member(root, "choices") is not { ValueKind: JsonValueKind.Array } choices) return none with { Fault = AnswerFault.Malformed };
        if (choices.GetArrayLength() == 0) return none with { Fault = AnswerFault.NoChoice };
        if (Member(choices[0], "message") is not { ValueKind: JsonValueKind.Object } message)
            return none with { Fault = AnswerFault.Malformed };

        var finish = String(choices[0], "finish_reason");
        if ((ErrorOf(choices[0]) ?? (finish == "error" ? new ProviderError(null, "", "") : null)) is { } broken)
            return none with { Fault = AnswerFault.Error, Error = broken };

        var text = Thoughts.Without(TextOf(message));
        if (!string.IsNullOrWhiteSpace(text)) return none with { Text = text };
        var refused = String(message, "refusal").Length > 0 || finish == "content_filter";
        return none with
        {
            Fault = refused ? AnswerFault.Refused : IsLimit(finish) ? AnswerFault.LimitReached : AnswerFault.NoText,
        };
    }

    // OpenAI's word, Mistral's, Anthropic's and Google's, as gateways hand them on.
    private static bool IsLimit(string finish) => finish.ToLowerInvariant() is "length" or "model_length" or "max_tokens";

    // Files of some editors and servers begin with a byte order mark, which is no part of JSON (RFC 8259, section 8.1).
    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) =>
        body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;

    // One string, or the parts that newer servers send.
    private static string TextOf(JsonElement message) => Member(message, "content") switch
    {
        { ValueKind: JsonValueKind.Array } parts => string.Concat(parts.EnumerateArray().Select(TextOfPart)),
        _ => String(message, "content"),
    };

    // A part says by its type, or by a mark of Google's, that it is a thought.
    private static string TextOfPart(JsonElement part)
    {
        if (part.ValueKind == JsonValueKind.String) return part.GetString()!;
        var type = String(part, "type");
        var isThought = Member(part, "thought") is { ValueKind: JsonValueKind.True }
            || type.Contains("think", StringComparison.OrdinalIgnoreCase)
            || type.Contains("reason", StringComparison.OrdinalIgnoreCase)
            || type.Contains("thought", StringComparison.OrdinalIgnoreCase);
        return isThought ? "" : String(part, "text");
    }

    // An error that is the body itself: a message, or what a validation found, the first of it.
    private static ProviderError? BareError(JsonElement root)
    {
        var code = String(root, "code") is { Length: > 0 } word ? word : String(root, "type");
        if (String(root, "message") is { Length: > 0 } message) return new ProviderError(null, code, message);
        var detail = Member(root, "detail") ?? Member(Member(root, "message"), "detail");
        if (detail is { ValueKind: JsonValueKind.String } said) return new ProviderError(null, code, said.GetString()!);
        if (detail is not { ValueKind: JsonValueKind.Array } findings || findings.GetArrayLength() == 0) return null;
        var where = Member(findings[0], "loc") is { ValueKind: JsonValueKind.Array } path ? string.Join('.', path.EnumerateArray()) : "";
        return new ProviderError(null, where, String(findings[0], "msg")) { Field = where[(where.LastIndexOf('.') + 1)..] };
    }

    private static ProviderError? ErrorOf(JsonElement root)
    {
        if (Member(root, "error") is not { ValueKind: JsonValueKind.Object } error)
            return String(root, "error") is { Length: > 0 } said ? new ProviderError(null, "", said) : null;
        var code = Member(error, "code");
        var status = code is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : (int?)null;
        var word = String(error, "code") is { Length: > 0 } text ? text : String(error, "type");
        var metadata = Member(error, "metadata");
        return new ProviderError(status, word, String(error, "message"))
        {
            IsModeration = Member(metadata, "reasons") is not null || Member(metadata, "flagged_input") is not null,
            Field = String(error, "param"),
            Wait = StatedWait.In(error) ?? StatedWait.In(root),
        };
    }

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } present && present.TryGetProperty(name, out var member) ? member : null;

    private static string String(JsonElement? parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    private static long? Count(JsonElement? usage, string name) =>
        Member(usage, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value)
            ? Math.Clamp(value, 0, int.MaxValue) : null;
}
