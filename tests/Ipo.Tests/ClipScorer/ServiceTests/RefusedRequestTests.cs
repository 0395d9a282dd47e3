using Google.Protobuf;
using Grpc.Core;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;
using ScorerClient = Ipo.V1.ClipScorerService.ClipScorerServiceClient;

namespace Ipo.Tests.ClipScorer.ServiceTests;

public sealed class RefusedRequestTests(ScorerServer server) : IClassFixture<ScorerServer>
{
    private static readonly ByteString One = Pictures.Named(1).Sha256, Two = Pictures.Named(2).Sha256;

    public static TheoryData<string, Func<ScorerClient, Task>> Wrong => new()
    {
        { "images holds 1025 entries; it takes 0 to 1024", client => client.EmbedImagesAsync(new() { Images = { Enumerable.Repeat(Pictures.Named(1), 1025) } }).ResponseAsync },
        { "images[1].sha256 has 3 bytes; it takes the 32 bytes", client => client.EmbedImagesAsync(new() { Images = { Pictures.Named(1), new Image { Sha256 = ByteString.CopyFromUtf8("abc") } } }).ResponseAsync },
        { "62914561 bytes of content", client => client.EmbedImagesAsync(new() { Images = { new Image { Sha256 = One, Content = ByteString.CopyFrom(new byte[60 * 1024 * 1024 + 1]) } } }).ResponseAsync },
        { "texts holds 4097 entries", client => client.EmbedTextsAsync(new() { Texts = { Enumerable.Repeat("a", 4097) } }).ResponseAsync },
        { "texts[1] has 102 tokens, start and end included, and this checkpoint takes 77", client => client.EmbedTextsAsync(new() { Texts = { "a", string.Join(' ', Enumerable.Repeat("dog", 100)) } }).ResponseAsync },
        { "texts[0] has 102 tokens, start and end included, and this checkpoint takes 77", client => client.EmbedTextsAsync(new() { CheckOnly = true, Texts = { string.Join(' ', Enumerable.Repeat("dog", 100)) } }).ResponseAsync },
        { "texts[0] has 10001 characters", client => client.EmbedTextsAsync(new() { Texts = { new string('a', 10001) } }).ResponseAsync },
        { "sha256s holds 0 entries", client => client.PutImageSetAsync(new() { ClassCount = 1 }).ResponseAsync },
        { "labels holds 1 entries and sha256s 2", client => client.PutImageSetAsync(new() { Sha256S = { One, Two }, Labels = { 0 }, ClassCount = 1 }).ResponseAsync },
        { "labels[1] is 2; with class_count 2 it takes 0 to 1", client => client.PutImageSetAsync(new() { Sha256S = { One, Two }, Labels = { 0, 2 }, ClassCount = 2 }).ResponseAsync },
        { "labels[0] is -1", client => client.PutImageSetAsync(new() { Sha256S = { One }, Labels = { -1 }, ClassCount = 2 }).ResponseAsync },
        { "class_count is 0", client => client.PutImageSetAsync(new() { Sha256S = { One }, Labels = { 0 } }).ResponseAsync },
        { "sha256s[2] repeats sha256s[0]", client => client.PutImageSetAsync(new() { Sha256S = { One, Two, One }, Labels = { 0, 0, 0 }, ClassCount = 1 }).ResponseAsync },
        { "class_names holds 1 entries; it takes 2", client => client.ClassifyAsync(new() { Images = { Pictures.Named(1) }, ClassNames = { "a" }, PromptSet = Prompts.Set("<CLASS>") }).ResponseAsync },
        { "class_names[1] is empty", client => client.ClassifyAsync(new() { Images = { Pictures.Named(1) }, ClassNames = { "a", " " }, PromptSet = Prompts.Set("<CLASS>") }).ResponseAsync },
        { "class_names[0] has 2001 characters", client => client.ClassifyAsync(new() { Images = { Pictures.Named(1) }, ClassNames = { new string('a', 2001), "b" }, PromptSet = Prompts.Set("<CLASS>") }).ResponseAsync },
        { "images holds 257 entries", client => client.ClassifyAsync(new() { Images = { Enumerable.Repeat(Pictures.Named(1), 257) }, ClassNames = { "a", "b" }, PromptSet = Prompts.Set("<CLASS>") }).ResponseAsync },
        { "no <CLASS>", client => client.ClassifyAsync(new() { Images = { Pictures.Named(1) }, ClassNames = { "a", "b" }, PromptSet = Prompts.Set("x") }).ResponseAsync },
        { "top_k is -1", client => client.ClassifyAsync(new() { Images = { Pictures.Named(1) }, ClassNames = { "a", "b" }, PromptSet = Prompts.Set("<CLASS>"), TopK = -1 }).ResponseAsync },
    };

    [Theory, MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public async Task A_wrong_field_is_named_with_what_it_held_and_what_it_takes(string expected, Func<ScorerClient, Task> call)
    {
        var client = await server.ReadyAsync();
        var refusal = await Assert.ThrowsAsync<RpcException>(() => call(client));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains(expected, refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scoring_needs_a_known_set_its_class_names_and_templates()
    {
        var client = await server.ReadyAsync();
        var unknown = await RefusalAsync(client, new() { ImageSetDigest = new string('0', 64), ClassNames = { "a" }, PromptSets = { Prompts.Sets("<CLASS>") } });
        Assert.Equal(StatusCode.FailedPrecondition, unknown.StatusCode);
        Assert.Contains("PutImageSet", unknown.Status.Detail, StringComparison.Ordinal);

        var set = await ScoreRpcTests.PutAsync(client, [1, 2, 3, 4]);
        var names = await RefusalAsync(client, new() { ImageSetDigest = set, ClassNames = { "a" }, PromptSets = { Prompts.Sets("<CLASS>") } });
        Assert.Equal(StatusCode.InvalidArgument, names.StatusCode);
        Assert.Contains("class_names holds 1 names and the image set has 4 classes", names.Status.Detail, StringComparison.Ordinal);
        var none = await RefusalAsync(client, new() { ImageSetDigest = set, ClassNames = { "a", "b", "c", "d" } });
        Assert.Contains("prompt_sets holds 0 entries; it takes 1 to 1024", none.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_set_larger_than_the_memory_for_sets_is_refused()
    {
        await using var small = new ScorerServer(("Ipo:ClipScorer:ImageSetMemoryMiB", "1"));
        var client = await small.ReadyAsync();
        var random = new Random(1);
        var digests = Enumerable.Range(0, 2000).Select(_ => { var digest = new byte[32]; random.NextBytes(digest); return ByteString.CopyFrom(digest); });
        var refusal = await Assert.ThrowsAsync<RpcException>(() => client.PutImageSetAsync(new() { Sha256S = { digests }, Labels = { new int[2000] }, ClassCount = 1 }).ResponseAsync);
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains("Ipo:ClipScorer:ImageSetMemoryMiB", refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_line_refuses_at_once_and_takes_calls_again_later()
    {
        await using var narrow = new ScorerServer(("Ipo:ClipScorer:QueueLength", "1"));
        var client = await narrow.ReadyAsync();
        var calls = Enumerable.Range(0, 12).Select(n => client.EmbedTextsAsync(new() { Texts = { Enumerable.Range(0, 1500).Select(i => $"text {n} number {i}") } }).ResponseAsync).ToArray();
        var outcomes = await Task.WhenAll(calls.Select(async call =>
        {
            try { await call; return StatusCode.OK; }
            catch (RpcException refusal)
            {
                Assert.Contains("Ipo:ClipScorer:QueueLength", refusal.Status.Detail, StringComparison.Ordinal);
                return refusal.StatusCode;
            }
        }));
        Assert.Contains(StatusCode.OK, outcomes);
        Assert.Contains(StatusCode.ResourceExhausted, outcomes);
        Assert.All(outcomes, code => Assert.True(code is StatusCode.OK or StatusCode.ResourceExhausted));
        Assert.Equal(outcomes.Count(code => code == StatusCode.ResourceExhausted), narrow.Counted("calls.refused"));
        Assert.Single((await client.EmbedTextsAsync(new() { Texts = { "a" } })).Embeddings);
    }

    [Fact]
    public async Task A_cancelled_call_stops_the_work()
    {
        await using var own = new ScorerServer();
        var client = await own.ReadyAsync();
        var set = await ScoreRpcTests.PutAsync(client, [1, 2, 3, 4]);
        using var cancellation = new CancellationTokenSource();
        using var call = client.ScoreTemplates(new() { ImageSetDigest = set, ClassNames = { "a", "b", "c", "d" }, PromptSets = { Prompts.Sets(Enumerable.Range(0, 1000).Select(i => $"number {i} <CLASS>")) } }, cancellationToken: cancellation.Token);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        await cancellation.CancelAsync();
        var stopped = await Assert.ThrowsAsync<RpcException>(async () => { while (await call.ResponseStream.MoveNext(CancellationToken.None)) { } });
        Assert.Equal(StatusCode.Cancelled, stopped.StatusCode);
        await client.EmbedTextsAsync(new() { Texts = { "after" } }); // its turn comes once the cancelled work has let go
        await Task.Delay(300);
        var scored = own.Counted("templates.scored");
        Assert.InRange(scored, 1, 999);
        await Task.Delay(200);
        Assert.Equal(scored, own.Counted("templates.scored"));
    }

    private static async Task<RpcException> RefusalAsync(ScorerClient client, ScoreTemplatesRequest request)
    {
        using var call = client.ScoreTemplates(request);
        return await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
    }
}
