using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Metrics;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.ZeroShot;
using Ipo.ServiceDefaults;
using StackExchange.Redis;

namespace Ipo.ClipScorer.Scoring;

/// <summary>Scores in Redis, for all replicas and for the next start, so that a template that was scored on a set of images is not scored
/// there again. A cache and nothing more, as the embeddings beside it: what is lost, slow or not ours is a miss.</summary>
/// <param name="model">Whose scores they are.</param>
/// <param name="redis">The connection; it may be down at any time.</param>
/// <param name="seal">Binds a value to its key.</param>
/// <param name="outage">Shared with the embeddings.</param>
/// <param name="timeout">Longest wait for the replies of one request.</param>
/// <param name="lifetime">How long Redis keeps a score.</param>
/// <param name="metrics">Counts what is not ours.</param>
/// <param name="log">Told of it.</param>
internal sealed partial class RedisScores(
    EmbeddingModel model, IConnectionMultiplexer redis, CacheSeal seal, RedisOutage outage, TimeSpan timeout, TimeSpan lifetime,
    ClipScorerMetrics metrics, ILogger<RedisScores> log)
{
    // Counted up when the value's form changes, or when a prompt comes to other tokens than before.
    private const int Schema = 1;

    // Of a set of 80,000 images. Larger ones would push a thousand embeddings out for one score.
    private const int LargestValue = 1024 * 1024;

    // Everything that could change the numbers, the kind of processor included: a score is the same to the bit.
    private readonly string _prefix = $"ipo:score:{Schema}:{model.Facts.Digest}:{model.Preprocessor.Version}:{model.TowersVersion}:"
        + $"{model.Facts.ExecutionProvider}-{RuntimeInformation.ProcessArchitecture}:";

    /// <summary>The scores of prompt sets, in their order; null for each that Redis lacks.</summary>
    public async Task<TemplateScore?[]> FindAsync(
        ImageSet set, ClassNames classes, IReadOnlyList<PromptSet> prompts, CancellationToken cancellation)
    {
        var found = new TemplateScore?[prompts.Count];
        if (prompts.Count == 0 || !outage.Allows()) return found;
        try
        {
            var database = redis.GetDatabase();
            byte[][] keys = [.. prompts.Select(one => Key(set, classes, one))];
            var values = await Task.WhenAll(keys.Select(key => database.StringGetAsync(key))).WaitAsync(timeout, cancellation);
            outage.Worked();
            for (var at = 0; at < values.Length; at++)
                if (!values[at].IsNull)
                    found[at] = Read(keys[at], values[at]!, classes.Count, set.Count);
        }
        catch (Exception fault) when (RedisFault.IsOne(fault)) { outage.Failed(RedisFault.Of(fault)); }
        return found;
    }

    /// <summary>Keeps a score; never waits. One that Redis does not take is scored again some day.</summary>
    public void Offer(ImageSet set, ClassNames classes, PromptSet prompts, TemplateScore score)
    {
        if (score.Bytes > LargestValue || !outage.Allows()) return;
        var key = Key(set, classes, prompts);
        redis.GetDatabase().StringSet(key, seal.Seal(key, ScoreBytes.Of(score)), lifetime, flags: CommandFlags.FireAndForget);
    }

    private TemplateScore? Read(byte[] key, byte[] value, int classes, int images)
    {
        if (seal.Open(key, value) is { } bytes && ScoreBytes.Read(bytes, classes, images) is { } score) return score;
        metrics.ScoresDamaged(1);
        Foreign(log);
        return null;
    }

    private byte[] Key(ImageSet set, ClassNames classes, PromptSet prompts) => Encoding.UTF8.GetBytes(
        _prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{set.Digest}\n{classes.Digest}\n{prompts.Key}"))));

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "Redis has a value under the key of a score that this installation did not write for it; the template is scored anew")]
    private static partial void Foreign(ILogger log);
}
