using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace Ipo.ServiceDefaults;

/// <summary>An error that a caller can act on, as every Ipo service answers it: a gRPC status whose message is for a
/// person, with details of google.rpc for programs. An <c>ErrorInfo</c> is always there. What a caller sent is never
/// echoed whole: an error travels in headers, and a client whose limit they pass (8 KiB in gRPC's core) sees the
/// connection break instead.</summary>
/// <param name="Code">The gRPC code.</param>
/// <param name="Reason">What happened, for programs: upper case with underscores, for instance QUEUE_FULL. Never
/// renamed.</param>
/// <param name="Message">What is wrong, where, and what to do, for a person; its middle is left out where it is long.</param>
public sealed record ErrorStatus(StatusCode Code, string Reason, string Message)
{
    /// <summary>The domain of every <see cref="Reason"/>.</summary>
    public const string Domain = "ipo";

    // The message goes out three times: percent-encoded, which may treble it, and twice in the details as base64.
    private const int MessageBytes = 1000;
    private const int NameBytes = 200;

    /// <inheritdoc cref="ErrorStatus(StatusCode, string, string)"/>
    public string Message { get; } = Shortened(Message, MessageBytes);

    /// <summary>Path of the field that is wrong, for instance <c>settings.shots</c>; null where no field is.</summary>
    public string? Field { get; init => field = value is null ? null : Shortened(value, NameBytes); }

    /// <summary>How long to wait before the same request is sent again; null where that would not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the error is about, by name, for instance <c>run_id</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata
    {
        get;
        init => field = value.ToDictionary(pair => pair.Key, pair => Shortened(pair.Value, NameBytes));
    } = new Dictionary<string, string>();

    /// <summary>The error with its details, as it is thrown out of a gRPC method.</summary>
    public RpcException ToException()
    {
        var info = new ErrorInfo { Domain = Domain, Reason = Reason };
        info.Metadata.Add(Metadata.ToDictionary());
        IEnumerable<IMessage?> details =
        [
            info,
            Field is null
                ? null
                : new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = Field, Description = Message } } },
            RetryAfter is { } wait ? new RetryInfo { RetryDelay = wait.ToDuration() } : null,
        ];
        return new Google.Rpc.Status
        {
            Code = (int)Code,
            Message = Message,
            Details = { details.OfType<IMessage>().Select(Any.Pack) },
        }.ToRpcException();
    }

    // The beginning says what is wrong and the end what to do; what a caller sent stands between.
    private static string Shortened(string text, int mostBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= mostBytes) return text;
        var front = Characters(text.EnumerateRunes(), mostBytes / 2);
        var back = text.Length - Characters(text.EnumerateRunes().Reverse(), mostBytes / 2);
        return $"{text[..front]}… ({back - front} characters left out) …{text[back..]}";
    }

    private static int Characters(IEnumerable<Rune> runes, int mostBytes)
    {
        var (characters, bytes) = (0, 0);
        foreach (var rune in runes)
        {
            if ((bytes += rune.Utf8SequenceLength) > mostBytes) break;
            characters += rune.Utf16SequenceLength;
        }
        return characters;
    }
}

/// <summary>What a service's own exceptions mean for a caller; null for what nobody foresaw.</summary>
public delegate ErrorStatus? ErrorMap(Exception fault);
