using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Ipo.Providers;

/// <summary>The fields that an endpoint takes. Many models refuse a temperature other than their own, a seed, or the one
/// or the other name of the token limit, and say so with HTTP 400 or 422, which costs nothing: the field is then left
/// out or renamed, and that is remembered. Thread-safe.</summary>
internal sealed partial class RequestForm(ChatEndpointOptions options)
{
    public const string Temperature = "temperature";
    public const string Seed = "seed";

    private const string Limit = "limit";

    // By field; of a temperature, and of a limit that is too large, only the value that was refused, because another one
    // may be taken.
    private readonly ConcurrentDictionary<(string Field, double Value), bool> refused = new();

    /// <summary>The fields of a question as they are sent now.</summary>
    public RequestFields FieldsOf(ChatQuestion question)
    {
        var other = OtherLimit(options.MaxOutputTokensField);
        var limit = question.MaxOutputTokens ?? options.MaxOutputTokens;
        return new(
            question.Temperature is { } temperature && !Refuses(Temperature, temperature) ? temperature : null,
            Refuses(Limit, limit) ? null
                : !Refuses(options.MaxOutputTokensField) ? options.MaxOutputTokensField
                : !Refuses(other) ? other : null,
            limit,
            options.SendSeed && !Refuses(Seed) ? question.Seed : null);
    }

    /// <summary>What to send in place of refused fields; null where the refusal speaks of none that can be left
    /// out.</summary>
    public static RequestFields? Without(RequestFields sent, ProviderError error)
    {
        bool Speaks(string field) => error.Field.Length > 0 && IsOptional(error.Field)
            ? error.Field == field
            : Word(field).IsMatch($"{error.Code} {error.Message}");

        var next = sent;
        if (sent.Temperature is not null && Speaks(Temperature)) next = next with { Temperature = null };
        if (sent.Seed is not null && Speaks(Seed)) next = next with { Seed = null };
        if (sent.LimitField is { } limit && Speaks(limit))
        {
            var isTooLarge = TooLarge().IsMatch(error.Message);
            var another = sent.IsLimitRenamed || isTooLarge ? null : OtherLimit(limit);
            next = next with { LimitField = another, IsLimitRenamed = true, IsLimitTooLarge = isTooLarge };
        }
        return next == sent ? null : next;
    }

    /// <summary>Remembers what was taken in place of what was refused.</summary>
    /// <returns>Each change that was not known before, as a sentence.</returns>
    public IEnumerable<string> Learn(RequestFields first, RequestFields taken)
    {
        if (first.Temperature is { } temperature && taken.Temperature is null && Remember(Temperature, temperature))
            yield return FormattableString.Invariant($"temperature {temperature} is left out; the model's own is used");
        if (first.Seed is not null && taken.Seed is null && Remember(Seed))
            yield return "the seed is left out; answers differ from call to call";
        if (first.LimitField == taken.LimitField) yield break;
        if (taken.IsLimitTooLarge)
        {
            if (Remember(Limit, first.Limit)) yield return $"the limit of {first.Limit} tokens is left out; the model's own is used";
            yield break;
        }
        if (!Remember(first.LimitField!)) yield break;
        if (taken.LimitField is { } renamed) yield return $"the limit of tokens is sent as {renamed}";
        else
        {
            Remember(OtherLimit(first.LimitField!));
            yield return "the limit of tokens is left out; the model's own is used";
        }
    }

    private bool Refuses(string field, double value = 0) => refused.ContainsKey((field, value));

    private bool Remember(string field, double value = 0) => refused.TryAdd((field, value), true);

    private static string OtherLimit(string field) => field == "max_tokens" ? "max_completion_tokens" : "max_tokens";

    private static bool IsOptional(string field) => field is Temperature or Seed or "max_tokens" or "max_completion_tokens";

    private static Regex Word(string field) => new($@"(?<![\p{{L}}\p{{N}}_]){field}(?![\p{{L}}\p{{N}}_])", RegexOptions.IgnoreCase);

    // "max_tokens is too large: 8192. This model supports at most 4096 completion tokens": another name helps nothing.
    [GeneratedRegex("too large|too big|at most|maximum|exceed|context length|less than|<=", RegexOptions.IgnoreCase)]
    private static partial Regex TooLarge();
}

/// <summary>The fields of a request beside model and messages.</summary>
/// <param name="Temperature">Sampling temperature; null is not sent.</param>
/// <param name="LimitField">Name of the field that carries the limit; null sends none.</param>
/// <param name="Limit">The limit in tokens.</param>
/// <param name="Seed">Seed of the sampling; null is not sent.</param>
internal sealed record RequestFields(double? Temperature, string? LimitField, int Limit, long? Seed)
{
    /// <summary>Whether the limit has its other name already.</summary>
    public bool IsLimitRenamed { get; init; }

    /// <summary>Whether it was refused for its value and not for its name.</summary>
    public bool IsLimitTooLarge { get; init; }
}
