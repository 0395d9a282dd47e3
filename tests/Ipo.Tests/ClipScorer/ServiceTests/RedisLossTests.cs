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
    public async Task What_one_replica_scored_another_does_not_score_again()
    {
        await using var redis = await RedisProcess.StartAsync();
        List<ScoreTemplatesResponse> scored;
        await using (var first = Server(redis))
        {
            var client = await first.ReadyAsync();
            scored = await ScoreRpcTests.ScoreAsync(client, await ScoreRpcTests.PutAsync(client, Seeds), Templates, outcomes: true);
            Assert.Equal(Templates.Length, first.Counted("templates.scored"));
            await redis.HoldsAsync(Seeds.Length + Templates.Length);
        }
        await using var second = Server(redis);
        var other = await second.ReadyAsync();
        var set = await ScoreRpcTests.PutAsync(other, Seeds);
        Assert.Equal(scored, await ScoreRpcTests.ScoreAsync(other, set, Templates, outcomes: true));
        Assert.Equal((Templates.Length, 0, 0), (second.Counted("templates.reused:redis"), second.Counted("templates.scored"), second.Counted("images.encoded")));

        // Another template, and the same ones on other images, are not what was scored.
        await ScoreRpcTests.ScoreAsync(other, set, ["a drawing of a <CLASS>"], outcomes: false);
        await ScoreRpcTests.ScoreAsync(other, await ScoreRpcTests.PutAsync(other, Seeds[..12]), Templates, outcomes: false);
        Assert.Equal((Templates.Length, 1 + Templates.Length), (second.Counted("templates.reused:redis"), second.Counted("templates.scored")));
    }

    [Fact]
    public async Task Scores_that_changed_places_are_seen_and_templates_scored_anew()
    {
        await using var redis = await RedisProcess.StartAsync();
        List<ScoreTemplatesResponse> scored;
        await using (var first = Server(redis))
        {
            var client = await first.ReadyAsync();
            scored = await ScoreRpcTests.ScoreAsync(client, await ScoreRpcTests.PutAsync(client, Seeds), Templates, outcomes: true);
            await redis.HoldsAsync(Seeds.Length + Templates.Length);
        }
        await using (var connection = await redis.ConnectAsync())
        {
            var keys = connection.GetServers()[0].Keys(pattern: "ipo:score:*").ToArray();
            var values = await connection.GetDatabase().StringGetAsync(keys);
            for (var at = 0; at < keys.Length; at++) await connection.GetDatabase().StringSetAsync(keys[at], values[(at + 1) % keys.Length]);
        }
        await using var second = Server(redis);
        var other = await second.ReadyAsync();
        Assert.Equal(scored, await ScoreRpcTests.ScoreAsync(other, await ScoreRpcTests.PutAsync(other, Seeds), Templates, outcomes: true));
        Assert.Equal((Templates.Length, Templates.Length), (second.Counted("scores.damaged"), second.Counted("templates.scored")));
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
