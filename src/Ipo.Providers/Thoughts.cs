using System.Text;

namespace Ipo.Providers;

/// <summary>Takes what a model thinks before it writes out of its answer. Servers that do not do that themselves leave
/// it in the text, in the marks of the model's own template, often without the opening one.</summary>
internal static class Thoughts
{
    private const string Channel = "<|channel|>";
    private const string FinalChannel = "<|channel|>final";
    private const string Message = "<|message|>";

    // Of Qwen, DeepSeek and their like; Claude and what was trained on it; Mistral; OpenThinker; Seed; Kimi.
    private static readonly (string Begin, string End)[] Marks =
    [
        ("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>"), ("<thoughts>", "</thoughts>"),
        ("<reasoning>", "</reasoning>"), ("<reflection>", "</reflection>"), ("<analysis>", "</analysis>"),
        ("[THINK]", "[/THINK]"), ("<|begin_of_thought|>", "<|end_of_thought|>"), ("<seed:think>", "</seed:think>"),
        ("◁think▷", "◁/think▷"),
    ];

    // What ends a message of the harmony format.
    private static readonly string[] MessageEnds = ["<|end|>", "<|return|>", "<|start|>"];

    /// <summary>The answer without the thoughts; empty where nothing else is there.</summary>
    public static string Without(string text)
    {
        var answer = FinalMessage(text);
        foreach (var (begin, end) in Marks) answer = Without(answer, begin, end);
        return answer;
    }

    private static string Without(string text, string begin, string end)
    {
        // Blocks first: one may stand behind an answer too, with the model's reasons.
        var (kept, at) = (new StringBuilder(), 0);
        while (Find(text, begin, at) is >= 0 and var from && Find(text, end, from) is >= 0 and var to)
        {
            kept.Append(text, at, from - at);
            at = to + end.Length;
        }
        text = kept.Append(text, at, text.Length - at).ToString();
        // An end alone: its beginning was in the prompt that the server wrote.
        if (text.LastIndexOf(end, StringComparison.OrdinalIgnoreCase) is >= 0 and var last) text = text[(last + end.Length)..];
        // A beginning alone: the answer was cut before it was one.
        return text.AsSpan().TrimStart().StartsWith(begin, StringComparison.OrdinalIgnoreCase) ? "" : text;
    }

    private static int Find(string text, string mark, int from) => text.IndexOf(mark, from, StringComparison.OrdinalIgnoreCase);

    // OpenAI's harmony format, as gpt-oss writes it: messages in channels, of which "final" alone is the answer. Servers
    // that take the special tokens out leave the channels' names behind.
    private static string FinalMessage(string text)
    {
        if (text.LastIndexOf(FinalChannel, StringComparison.Ordinal) is >= 0 and var final)
        {
            if (text.IndexOf(Message, final, StringComparison.Ordinal) is not (>= 0 and var message)) return "";
            var answer = text[(message + Message.Length)..];
            var ends = MessageEnds.Select(end => answer.IndexOf(end, StringComparison.Ordinal)).Where(end => end >= 0).ToList();
            return ends.Count == 0 ? answer : answer[..ends.Min()];
        }
        var start = text.AsSpan().TrimStart();
        if (start.StartsWith("<|start|>assistant", StringComparison.Ordinal)) start = start["<|start|>assistant".Length..];
        if (start.StartsWith(Channel, StringComparison.Ordinal)) return "";
        const string bareFinal = "assistantfinal";
        return start.StartsWith("analysis", StringComparison.Ordinal)
            && text.LastIndexOf(bareFinal, StringComparison.Ordinal) is >= 0 and var bare
            ? text[(bare + bareFinal.Length)..]
            : text;
    }
}
