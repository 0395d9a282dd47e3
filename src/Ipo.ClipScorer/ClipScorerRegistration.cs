using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Metrics;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Scoring;
using Ipo.ClipScorer.Settings;
using Ipo.ServiceDefaults;
using Ipo.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Ipo.ClipScorer;

/// <summary>Puts the scorer's parts together.</summary>
internal static class ClipScorerRegistration
{
    private const long MiB = 1024 * 1024;

    /// <param name="builder">The builder of Program.cs.</param>
    /// <param name="redis">Whether there is a Redis; without one that stage is left out.</param>
    public static void AddClipScorer(this IHostApplicationBuilder builder, bool redis)
    {
        var services = builder.Services;
        services.AddSettings<ModelOptions>(ModelOptions.Section);
        services.AddSettings<ClipScorerOptions>(ClipScorerOptions.Section);
        services.AddSingleton(all => all.GetRequiredService<IOptions<ClipScorerOptions>>().Value);

        services.AddSingleton<CheckpointLoader>();
        services.AddHostedService(all => all.GetRequiredService<CheckpointLoader>());
        services.AddHealthChecks().AddCheck<CheckpointLoader>("checkpoint", tags: [Health.Ready]);
        services.AddSingleton(all => all.GetRequiredService<CheckpointLoader>().Model);

        services.AddSingleton<ClipScorerMetrics>();
        services.AddSingleton(all => new ModelQueue(Options(all).QueueLength, Metrics(all)));
        services.AddSingleton<ImageEncoder>();
        services.AddSingleton<TextEncoder>();
        services.AddSingleton<IImageEmbeddings>(all => new ContentDigests(
            new MemoryEmbeddings(BehindMemory(all), Options(all).EmbeddingMemoryMiB * MiB, Metrics(all)), Metrics(all)));
        services.AddSingleton(all => new ImageSets(
            all.GetRequiredService<IImageEmbeddings>(), Model(all).Facts.EmbeddingDimension, Options(all).ImageSetMemoryMiB * MiB));
        services.AddSingleton(all => new TemplateEncoder(
            Model(all), all.GetRequiredService<TextEncoder>(), all.GetRequiredService<ModelQueue>(),
            Options(all).TemplateMemoryMiB * MiB, Metrics(all)));
        services.AddSingleton(all => new TemplateScoring(
            Model(all), all.GetRequiredService<TemplateEncoder>(), all.GetRequiredService<ModelQueue>(), Threads(all),
            Options(all).ScoreMemoryMiB * MiB, Metrics(all), all.GetService<RedisScores>()));
        if (redis) AddRedisParts(services);

        services.AddErrorMap(ScorerErrors.Map);
    }

    private static void AddRedisParts(IServiceCollection services)
    {
        services.AddSingleton(all => new EmbeddingKeys(Model(all).Facts.Digest, Model(all).Preprocessor.Version, Model(all).TowersVersion));
        services.AddSingleton(all => new StoredEmbeddings(all.GetRequiredService<EmbeddingKeys>(), all.GetRequiredService<CacheSeal>()));
        services.AddSingleton(all => new RedisOutage(
            Options(all).RedisPause, TimeProvider.System, Metrics(all), all.GetRequiredService<ILogger<RedisOutage>>()));
        services.AddSingleton(all => new RedisWriter(
            all.GetRequiredService<IConnectionMultiplexer>(), all.GetRequiredService<StoredEmbeddings>(),
            all.GetRequiredService<RedisOutage>(), Options(all), Metrics(all), all.GetRequiredService<ILogger<RedisWriter>>()));
        services.AddSingleton(all => new RedisEmbeddings(
            all.GetRequiredService<ImageEncoder>(), all.GetRequiredService<IConnectionMultiplexer>(),
            all.GetRequiredService<StoredEmbeddings>(), all.GetRequiredService<RedisOutage>(), all.GetRequiredService<RedisWriter>(),
            Options(all).RedisTimeout, Metrics(all), all.GetRequiredService<ILogger<RedisEmbeddings>>()));
        AddRedisScores(services);
    }

    private static void AddRedisScores(IServiceCollection services) => services.AddSingleton(all => new RedisScores(
        Model(all), all.GetRequiredService<IConnectionMultiplexer>(), all.GetRequiredService<CacheSeal>(),
        all.GetRequiredService<RedisOutage>(), Options(all).RedisTimeout, Options(all).RedisLifetime, Metrics(all),
        all.GetRequiredService<ILogger<RedisScores>>()));

    private static IImageEmbeddings BehindMemory(IServiceProvider all) =>
        all.GetService<RedisEmbeddings>() is { } redis ? redis : all.GetRequiredService<ImageEncoder>();

    private static EmbeddingModel Model(IServiceProvider all) => all.GetRequiredService<EmbeddingModel>();

    private static ClipScorerOptions Options(IServiceProvider all) => all.GetRequiredService<ClipScorerOptions>();

    private static ClipScorerMetrics Metrics(IServiceProvider all) => all.GetRequiredService<ClipScorerMetrics>();

    private static int Threads(IServiceProvider all) =>
        all.GetRequiredService<IOptions<ModelOptions>>().Value.Threads is > 0 and var threads ? threads : Environment.ProcessorCount;
}
