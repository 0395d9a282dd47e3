using Ipo.Tests.ClipScorer.Embeddings;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.ClipScorer.ServiceTests;

public sealed class RedisLossTests
{
    private static readonly string[] Templates = ["a photo of a <CLASS>.", "<CLASS> at night", "many <CLASS>"];
    private static readonly int[] Seeds = [.. Enumerable.Range(400, 24)];

    [Fact]
    public async Task A_second_replica_encodes_nothing_that_the_first_one_has()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using (var first = Server(redis))
        {
            await ScoreRpcTests.PutAsync(await first.ReadyAsync(), Seeds);
            await redis.HoldsAsync(Seeds.Length);
        }
        await using var second = Server(redis);
        var client = await second.ReadyAsync();
        var known = await client.EmbedImagesAsync(new() { Images = { Seeds.Select(Pictures.Named) } });
        Assert.All(known.Embeddings, e => Assert.Equal(ImageOutcome.Cached, e.Outcome));
        Assert.Equal((Seeds.Length, 0), (second.Counted("embeddings.found:redis"), second.Counted("images.encoded")));
    }

    [Fact]
    public async Task Scores_are_the_same_without_Redis_with_it_and_with_one_killed_on_the_way()
    {
        await using var redis = await RedisProcess.StartAsync();
        var without = await ScoresAsync(null, () => { });
        var with = await ScoresAsync(redis, () => { });
        var cached = await ScoresAsync(redis, () => { });
        var killed = await ScoresAsync(redis, redis.Kill);
        var dead = await ScoresAsync(redis, () => { });
        Assert.Equal(without, with);
        Assert.Equal(without, cached);
        Assert.Equal(without, killed);
        Assert.Equal(without, dead);
    }

    // A busy machine may keep Redis from answering within the default.
    private static ScorerServer Server(RedisProcess redis) => new(("ConnectionStrings:redis", $"{redis.ConnectionString},asyncTimeout=30000"), ("Ipo:ClipScorer:RedisTimeout", "00:00:30"));

    private static async Task<List<ScoreTemplatesResponse>> ScoresAsync(RedisProcess? redis, Action onTheWay)
    {
        await using var server = redis is null ? new() : Server(redis);
        var client = await server.ReadyAsync();
        await client.EmbedImagesAsync(new() { Images = { Seeds[..12].Select(Pictures.Image) } });
        onTheWay();
        var set = await ScoreRpcTests.PutAsync(client, Seeds);
        return await ScoreRpcTests.ScoreAsync(client, set, Templates, outcomes: true);
    }
}
