using System.Text;
using Ipo.Captioner;
using Ipo.ClipScorer.Text;
using Ipo.Cli.Connections;
using Ipo.Cli.Hub;
using Ipo.Keys;
using Ipo.Optimization.Candidates;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Journal;
using Ipo.Providers;
using Ipo.ServiceDefaults;
using static Ipo.Fuzz.Targets.AllTargets;

namespace Ipo.Fuzz.Targets;

/// <summary>Texts: of users, of models, of servers, of the journal.</summary>
internal static class TextTargets
{
    private static readonly string[] Classes = ["cat", "night owl", "boeing 747", "über-vogel", "İstanbul", "a"];

    private static readonly IReadOnlyList<byte[]> Texts = Bytes(
        "a photo of a <CLASS>.", "a blurry photo of the small <CLASS>, it's in café", "<|startoftext|>a<|endoftext|> b", "ＡＢＣ ﬁ Ⅷ", "it’s “fine” – &amp;lt;",
        "sch\u00c3\u00b6n \u00e2\u20ac\u0153quoted\u00e2\u20ac\u009d", "日本語のテキスト", "👩‍👩‍👧‍👦🇩🇪", "İıſK", "a\u0301\u0327e\u0308", "'ll we're 12345 --- !!!", "");

    private static readonly IReadOnlyList<byte[]> Marks =
        Bytes("<CLASS>", "<INS>", "</INS>", "<class>", "&amp;", "&#x41;", "\u00e2\u20ac", "<|endoftext|>", "\u200d", "\u0301", "\ufeff", "'s", "\r\n", "cat", "night owl");

    public static IEnumerable<Target> All()
    {
        var tokenizer = ClipTokenizer.Load(Path.Combine(AppContext.BaseDirectory, "tokenizer"));
        yield return new("tokenizer text", 40, Texts, input => IsWhole(tokenizer, Text(input))) { Words = Marks };
        yield return new("template", 40, Texts, input => PromptTemplate.TryParse(Text(input), Classes, out var template, out _)
            && Same(PromptTemplate.Parse(template.Text).Text, template.Text))
        { Words = Marks };
        yield return new("prompt set", 40, Bytes("a photo of a <CLASS>.\na <CLASS>.", "a <CLASS>\ncat\ta cute <CLASS>\n"), input =>
            PromptSet.TryParse(Text(input), Classes, out _, out _))
        { Words = [.. Marks, .. Bytes("\t", "\n")] };
        yield return new("answer text", 40, Bytes(
            "<INS>a photo of a <CLASS>.</INS>\n<INS>a drawing of a <CLASS></INS>", "1. a <CLASS>\n2. \"the <CLASS>\"\n- **a** <CLASS>",
            "```json\n[\"a photo of a <CLASS>.\", {\"prompt\": \"a <CLASS>\"}]\n```", "<ins>a cat</INS><INS>", "Here are: a) `a <CLASS>` b) `<CLASS>`"), input =>
            ParsedAnswer.Parse(Text(input), 3, Classes, new HashSet<string>()).Candidates.Count > 0)
        { Words = [.. Marks, .. Bytes("1. ", "- ", "* ", "\"", "```", "[", "]", "**")] };
        yield return new("description", 20, [.. Texts, .. Bytes("<b>A dog</b> * # `x` <CLASS> the night owls' boeing747")], input =>
            DescriptionText.Of(Text(input), Classes).Length > 0)
        { Words = Marks };
        yield return new("model's JSON", 40, Bytes(
            """{"model":"m","choices":[{"message":{"content":"<INS>a <CLASS></INS>"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}""",
            """{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"thinking","thinking":"x"}],"refusal":""},"finish_reason":"length"}]}""",
            """{"error":{"message":"rate limit, retry after 3s","code":429,"type":"rate","param":"temperature","metadata":{"raw":"x"}}}""",
            """[{"error":{"code":400,"status":"INVALID_ARGUMENT","details":[{"retryDelay":"12s"}]}}]""",
            "{\"choices\":[{\"message\":{\"content\":\"\\ud800 <think>a</think> b <|channel|>final<|message|>c<|end|>\"}}]}"), input =>
            ReadChat(input))
        {
            Words = Bytes("\"content\":", "\"choices\":[", "null", "{}", "[]", "\"error\":", "\\ud800", "<think>", "</think>", "\"usage\":", "1e99", "[THINK]", "<|channel|>final"),
        };
        var events = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "journals"), "*.jsonl").Order(StringComparer.Ordinal).SelectMany(File.ReadLines)
            .GroupBy(line => line.Split('"')[3]).SelectMany(same => same.OrderBy(line => line.Length).Take(2)).Where(line => line.Length < 20_000).ToList();
        yield return new("journal event", 30, Bytes(events), Refusing<JournalDamagedException>(ReadEvent))
        { Words = Bytes("null", "\"type\":", "\"at\":", "[]", "{}", "\"runId\":", "\"settings\":", "\"type\":\"step-finished\"") };
        var run = File.ReadLines(Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "journals"), "*.jsonl").OrderBy(file => new FileInfo(file).Length).First())
            .Select((line, at) => StoredEvent.Read("fuzz", at + 1, line.Split('"')[3], line)).ToList();
        yield return new("archive of a run", 2, [RunArchive.Write("fuzz", run, DateTimeOffset.UnixEpoch).ToByteArray()],
            Refusing<RefusedException>(input => RunArchive.Read(input)))
        { IsGuided = false };
        var (key, _) = ApiKey.Create("fuzz", Role.Admin, "local", DateTimeOffset.UnixEpoch, null);
        yield return new("keys file", 20, [KeysFileOf(key)], Refusing<KeysFileException>(input => KeysFile.Parse("keys.json", input)))
        { Words = Bytes("\"keys\":", "\"role\":", "admin", "null", "[]", "{}") };
        yield return new("hub listing", 20, Bytes(
            "{\"sha\":\"" + new string('a', 40) + "\",\"siblings\":[{\"rfilename\":\"config.json\",\"size\":12,\"blobId\":\"" + new string('b', 40) + "\",\"lfs\":{\"sha256\":\""
                + new string('c', 64) + "\",\"size\":12}},{\"rfilename\":\"a/b.json\"}]}"), Refusing<CommandFailure>(input =>
                HubListing.Parse(input, new("https://hub.example"))))
        { Words = Bytes("\"siblings\":", "\"lfs\":", "../", "null", "{}", "[]") };
        yield return new("Redis address", 20, Bytes("redis:6379", "rediss://user:p%40ss@host:6380/2", "host:1,password=a,ssl=true,abortConnect=false", "redis://[::1]:6379"), input =>
            RedisAddress.TryRead(Text(input), "abortConnect=false,", out _))
        { Words = Bytes("redis://", ",password=", ",ssl=", "%", "@", ":", "[::1]", ",defaultDatabase=", ",sslProtocols=", ",proxy=") };
    }

    private static bool IsWhole(ClipTokenizer tokenizer, string text)
    {
        var ids = tokenizer.Encode(text);
        if (ids[0] != tokenizer.StartId || ids[^1] != tokenizer.EndId || Array.Exists(ids, id => id < 0 || id >= tokenizer.VocabularySize))
            throw new InvalidOperationException($"ids {string.Join(' ', ids)}");
        // Repairing repaired text changes nothing that is read.
        return tokenizer.Cut(ids, 77).Length <= 77;
    }

    private static bool Same(string one, string other) => one == other ? true : throw new InvalidOperationException($"'{one}' is read as '{other}'");

    private static bool ReadChat(byte[] input)
    {
        var answer = ChatAnswer.Read(input);
        _ = ChatAnswer.ReadError(input);
        return answer.Fault is null;
    }

    private static void ReadEvent(byte[] input)
    {
        var line = Encoding.UTF8.GetString(input);
        var parts = line.Split('"', 5);
        var happened = StoredEvent.Read("fuzz", 1, parts.Length > 3 ? parts[3] : "", line);
        _ = StoredEvent.Write(happened);
    }

    private static byte[] KeysFileOf(ApiKey key)
    {
        using var folder = new Tests.Fakes.TempFolder();
        var path = Path.Combine(folder, "keys.json");
        KeysFile.Write(path, [key]);
        return File.ReadAllBytes(path);
    }
}
