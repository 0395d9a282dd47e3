using Microsoft.Extensions.Options;

namespace Ipo.ClipScorer;

/// <summary>Bounds and waits of the scorer, from the configuration section <c>Ipo:ClipScorer</c>; the checkpoint's own settings
/// (<see cref="Model.ClipModelOptions"/>) stand in the same section. The defaults suit two cores and a checkpoint of any size.</summary>
internal sealed class ClipScorerOptions
{
    public const string Section = "Ipo:ClipScorer";

    /// <summary>Calls that need the model and may be in the service at once, running or waiting, 1 to 10,000; one more is answered
    /// RESOURCE_EXHAUSTED. Default 64.</summary>
    public int QueueLength { get; set; } = 64;

    /// <summary>Most images that the vision tower is given at once, 0 to 1,024; 0, the default, takes 8 for each thread of a CPU, at most
    /// 64, and 64 on a GPU.</summary>
    public int ImageBatch { get; set; }

    /// <summary>Longest wait for further images of a batch while some are still being decoded, 0 to 1 s. Default 5 ms.</summary>
    public TimeSpan ImageBatchDelay { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Memory for embeddings of single images, 0 to 1,048,576 MiB; 0 turns it off. Default 512 MiB, 240,000
    /// images at 512 numbers. Image sets are put together from it and from Redis, so without a Redis it should be no less than
    /// <see cref="ImageSetMemoryMiB"/>.</summary>
    public int EmbeddingMemoryMiB { get; set; } = 512;

    /// <summary>Memory for image sets, 1 to 1,048,576 MiB. Default 512 MiB. The set not used for longest goes first.</summary>
    public int ImageSetMemoryMiB { get; set; } = 512;

    /// <summary>Memory for the class embeddings of templates, 0 to 1,048,576 MiB; 0 turns it off. Default 64 MiB, 32 templates of
    /// 1,000 classes at 512 numbers.</summary>
    public int TemplateMemoryMiB { get; set; } = 64;

    /// <summary>Memory for scores of templates, 0 to 1,048,576 MiB; 0 turns it off. Default 32 MiB, 170 scores of 16,000 images.</summary>
    public int ScoreMemoryMiB { get; set; } = 32;

    /// <summary>Longest wait for 512 embeddings from Redis, 10 ms to 1 min; what comes later is a miss. Default 1 s.</summary>
    public TimeSpan RedisTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long Redis is left alone after it failed, 0 to 10 min, so that a dead one does not slow every call. Default 5 s.</summary>
    public TimeSpan RedisPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long Redis keeps an embedding, 1 min to 3,650 days. Default 30 days.</summary>
    public TimeSpan RedisLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Embeddings that may wait to be written to Redis, 1 to 1,000,000; further ones are not written. Default 4,096.</summary>
    public int RedisBacklog { get; set; } = 4096;

    /// <summary>Every setting out of its range, as a sentence that names its configuration path; empty when all are right.</summary>
    public IEnumerable<string> Problems() =>
    [
        .. Number(nameof(QueueLength), QueueLength, 1, 10_000, "calls"),
        .. Number(nameof(ImageBatch), ImageBatch, 0, 1024, "images"),
        .. Time(nameof(ImageBatchDelay), ImageBatchDelay, TimeSpan.Zero, TimeSpan.FromSeconds(1)),
        .. Number(nameof(EmbeddingMemoryMiB), EmbeddingMemoryMiB, 0, 1_048_576, "MiB"),
        .. Number(nameof(ImageSetMemoryMiB), ImageSetMemoryMiB, 1, 1_048_576, "MiB"),
        .. Number(nameof(TemplateMemoryMiB), TemplateMemoryMiB, 0, 1_048_576, "MiB"),
        .. Number(nameof(ScoreMemoryMiB), ScoreMemoryMiB, 0, 1_048_576, "MiB"),
        .. Time(nameof(RedisTimeout), RedisTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
        .. Time(nameof(RedisPause), RedisPause, TimeSpan.Zero, TimeSpan.FromMinutes(10)),
        .. Time(nameof(RedisLifetime), RedisLifetime, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650)),
        .. Number(nameof(RedisBacklog), RedisBacklog, 1, 1_000_000, "embeddings"),
    ];

    private static IEnumerable<string> Number(string name, int value, int least, int most, string unit)
    {
        if (value < least || value > most) yield return $"{Section}:{name} is {value}; set it to {least} up to {most} {unit}.";
    }

    private static IEnumerable<string> Time(string name, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most) yield return $"{Section}:{name} is {value}; set it to {least} up to {most} (days.hours:minutes:seconds).";
    }

    /// <summary>Makes the host refuse to start on a wrong setting.</summary>
    internal sealed class Validation : IValidateOptions<ClipScorerOptions>
    {
        public ValidateOptionsResult Validate(string? name, ClipScorerOptions options) =>
            options.Problems().ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }
}
