using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Ipo.AppHost;

/// <summary>What a person sets to run the whole of Ipo, as variables or <c>--NAME value</c>; all of it may be left out.
/// <list type="table">
/// <item><term>IPO_HOME</term><description>folder for everything kept: journal, cache, endpoints.json; default
/// ~/.ipo</description></item>
/// <item><term>IPO_CHECKPOINT</term><description>checkpoint folder; default models/ipo-tiny of the
/// repository</description></item>
/// <item><term>IPO_COMPARE_CHECKPOINTS</term><description>further checkpoint folders, separated as in PATH, that runs do
/// not use: what a run found is compared on them</description></item>
/// <item><term>IPO_DATASETS</term><description>further folders datasets may lie under, separated as in PATH; the
/// current folder and the user's home count too, unless IPO_BIND opens Ipo to the network</description></item>
/// <item><term>IPO_SAMPLE</term><description>dataset folder to optimize at the start; default a dataset that is drawn
/// then; "none" for no run</description></item>
/// <item><term>IPO_PROPOSER, IPO_CAPTIONER</term><description>a proposer's plain name (docs/proposers.md); "openai" or
/// the embedded "attributes"; default: the language model where one is named</description></item>
/// <item><term>IPO_OPENAI_ENDPOINT, IPO_OPENAI_MODEL, IPO_OPENAI_VISION_MODEL, IPO_OPENAI_KEY</term><description>any
/// OpenAI-compatible endpoint</description></item>
/// <item><term>IPO_CACHE_SECRET</term><description>what cached values are sealed with; default one that is made in
/// IPO_HOME</description></item>
/// <item><term>ConnectionStrings__redis</term><description>an external Redis in place of the embedded
/// one</description></item>
/// <item><term>IPO_REDIS</term><description>"container" for Redis in a container in place of the embedded
/// one</description></item>
/// <item><term>ConnectionStrings__postgres</term><description>an external PostgreSQL for the journal in place of a file in
/// IPO_HOME</description></item>
/// <item><term>IPO_POSTGRES</term><description>"container" for PostgreSQL in a container in place of that
/// file</description></item>
/// <item><term>IPO_SCORERS</term><description>how many CLIP scorers to run, 1 to 16; default 1</description></item>
/// </list></summary>
internal sealed class HostSettings
{
    public const string OpenAiKeyVariable = "IPO_OPENAI_KEY";

    private const string BindVariable = "IPO_BIND";

    public const string CacheSecretVariable = "IPO_CACHE_SECRET";

    private const int MostScorers = 16;

    private const int FewestSecretCharacters = 32;

    private readonly string _home;

    private HostSettings(IConfiguration configuration, string home)
    {
        _home = home;
        HasExternalRedis = !string.IsNullOrEmpty(configuration.GetConnectionString("redis"));
        HasExternalPostgres = !string.IsNullOrEmpty(configuration.GetConnectionString("postgres"));
        var sample = configuration["IPO_SAMPLE"];
        WantsSample = sample != "none";
        DrawsSample = WantsSample && string.IsNullOrEmpty(sample);
        Sample = DrawsSample
            ? Path.Combine(home, "samples", "neon-animals")
            : Path.GetFullPath(string.IsNullOrEmpty(sample) ? "." : sample);
    }

    /// <summary>The folder for everything kept, held by this host; null when publishing.</summary>
    public HomeFolder? Home { get; private set; }

    public bool HasExternalRedis { get; }

    /// <summary>Whether Redis runs in a container. Asked for by name, because most machines have no container
    /// engine.</summary>
    public bool WantsRedisContainer { get; private set; }

    public bool HasExternalPostgres { get; }

    /// <summary>Whether PostgreSQL runs in a container.</summary>
    public bool WantsPostgresContainer { get; private set; }

    /// <summary>What values in the cache are sealed with: the one that is set, as installations that share a Redis must, else
    /// this home's own; empty when publishing.</summary>
    public string CacheSecret { get; private set; } = "";

    /// <summary>The password of the embedded Redis, which other users of this machine could reach; empty when
    /// publishing.</summary>
    public string RedisPassword { get; private set; } = "";

    /// <summary>How many CLIP scorers run; a deployment scales them itself.</summary>
    public int Scorers { get; private set; } = 1;

    /// <summary>Folders of the checkpoints that are served for comparing alone, each by a scorer of its own; a deployment
    /// adds scorers itself.</summary>
    public IReadOnlyList<string> ComparedCheckpoints { get; private set; } = [];

    public bool HasOpenAiKey => OpenAiKey.Length > 0;

    public string OpenAiKey { get; private set; } = "";

    /// <summary>Whether images are described by the embedded captioner and not by a model that may cost
    /// money.</summary>
    public bool HasEmbeddedCaptioner { get; private set; }

    /// <summary>Whether a language model is named that proposals may be asked of.</summary>
    public bool AsksLanguageModel { get; private set; }

    /// <summary>Whether a dataset is optimized at the start.</summary>
    public bool WantsSample { get; }

    /// <summary>Whether that dataset is Ipo's own, drawn at the first start.</summary>
    public bool DrawsSample { get; }

    /// <summary>Its folder.</summary>
    public string Sample { get; }

    /// <summary>Variables of each service.</summary>
    public Dictionary<string, string?> Redis { get; } = [];

    public Dictionary<string, string?> ClipScorer { get; } = [];

    public Dictionary<string, string?> Captioner { get; } = [];

    public Dictionary<string, string?> PromptGen { get; } = [];

    public Dictionary<string, string?> Orchestrator { get; } = [];

    public Dictionary<string, string?> Web { get; } = [];

    /// <summary>Why nothing can be started with these settings, in a sentence for the one who set them; null where all
    /// is well.</summary>
    public string? Fault { get; private set; }

    public static HostSettings Read(IDistributedApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var home = configuration["IPO_HOME"] is { Length: > 0 } set
            ? Path.GetFullPath(set)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ipo");
        var settings = new HostSettings(configuration, home);
        settings.ReadProviders(configuration);
        settings.CacheSecret = configuration[CacheSecretVariable] ?? "";
        // In a deployment folders are the deployment's business, and its containers are reached from outside.
        if (builder.ExecutionContext.IsPublishMode) settings.OpenToTheNetwork();
        else settings.ReadThisMachine(builder);
        HostEnvironment.RemoveSecrets();
        return settings;
    }

    private void ReadThisMachine(IDistributedApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        ReadScale(configuration);
        var checkpoint = configuration["IPO_CHECKPOINT"] is { Length: > 0 } named
            ? Path.GetFullPath(named)
            : Path.GetFullPath("../../models/ipo-tiny", builder.AppHostDirectory);
        ClipScorer["Ipo__ClipScorer__Checkpoint"] = checkpoint;
        ComparedCheckpoints = [.. Folders(configuration, "IPO_COMPARE_CHECKPOINTS").Distinct()];
        Redis["Ipo__Cache__DataDirectory"] = Path.Combine(_home, "cache");
        Orchestrator["Ipo__Orchestrator__DataDirectory"] = Path.Combine(_home, "data");
        foreach (var (number, root) in DatasetRoots(configuration).Index())
            Orchestrator[string.Create(CultureInfo.InvariantCulture, $"Ipo__Orchestrator__DatasetRoots__{number}")] = root;

        Fault ??= FaultOfFolders(checkpoint);
        if (CacheSecret.Length is > 0 and < FewestSecretCharacters)
        {
            Fault ??= $"{CacheSecretVariable} has fewer than {FewestSecretCharacters} characters; "
                + "set it to a random text, or leave it out.";
        }
        if (Fault is null) Hold();
    }

    // On this machine alone a person registers what the same person can read anyway; whoever comes over the network reads what
    // was meant for datasets.
    private IEnumerable<string> DatasetRoots(ConfigurationManager configuration)
    {
        string?[] own = configuration[BindVariable] is null or "" or "loopback"
            ? [Environment.CurrentDirectory, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)]
            : [Path.Combine(_home, "data", "datasets")];
        string?[] roots = [.. own, .. Folders(configuration, "IPO_DATASETS"), WantsSample ? Sample : null];
        return roots.OfType<string>().Where(root => root.Length > 0).Distinct();
    }

    private static IEnumerable<string> Folders(ConfigurationManager configuration, string name) => (configuration[name] ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Path.GetFullPath);

    private void ReadScale(ConfigurationManager configuration)
    {
        var scorers = configuration["IPO_SCORERS"];
        if (int.TryParse(scorers, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MostScorers)
            Scorers = count;
        else if (!string.IsNullOrEmpty(scorers)) Fault = $"IPO_SCORERS is '{scorers}'; it takes a number from 1 to {MostScorers}.";
        WantsRedisContainer = WantsContainer(configuration, "IPO_REDIS", "an external Redis", "redis");
        WantsPostgresContainer = WantsContainer(configuration, "IPO_POSTGRES", "an external PostgreSQL", "postgres");
    }

    private bool WantsContainer(ConfigurationManager configuration, string name, string external, string connection)
    {
        var place = configuration[name];
        if (place is not (null or "" or "embedded" or "container"))
            Fault = $"{name} is '{place}'; it takes 'embedded' or 'container'. For {external}, set ConnectionStrings__{connection}.";
        return place == "container";
    }

    private string? FaultOfFolders(string checkpoint)
    {
        if (!Directory.Exists(checkpoint))
            return $"IPO_CHECKPOINT: there is no folder {checkpoint}. Name a checkpoint's folder, or leave "
                + "it out for the embedded one.";
        if (ComparedCheckpoints.FirstOrDefault(folder => !Directory.Exists(folder)) is { } missing)
            return $"IPO_COMPARE_CHECKPOINTS: there is no folder {missing}. Name folders of checkpoints, with '{Path.PathSeparator}' "
                + "between them.";
        if (ComparedCheckpoints.Count > MostScorers)
            return $"IPO_COMPARE_CHECKPOINTS names {ComparedCheckpoints.Count} folders; it takes at most {MostScorers}.";
        if (WantsSample && !DrawsSample && !Directory.Exists(Sample))
            return $"IPO_SAMPLE: there is no folder {Sample}. Set it to a folder with one subfolder of images per class, unset it for a "
                + "drawn sample, or set it to none.";
        return null;
    }

    private void Hold()
    {
        try
        {
            Home = HomeFolder.Open(_home);
            if (CacheSecret is "") CacheSecret = Home.Secret("cache-secret");
            RedisPassword = Home.Secret("redis-password");
        }
        catch (DistributedApplicationException refusal) { Fault = refusal.Message; }
    }

    private void ReadProviders(ConfigurationManager configuration)
    {
        Describe(PromptGen, "PromptGen", configuration["IPO_PROPOSER"], configuration["IPO_OPENAI_MODEL"]);
        Describe(Captioner, "Captioner", configuration["IPO_CAPTIONER"], configuration["IPO_OPENAI_VISION_MODEL"]);
        OpenAiKey = configuration[$"Parameters:{ServiceComposition.OpenAiKey}"] is { Length: > 0 } parameter
            ? parameter
            : configuration[OpenAiKeyVariable] ?? "";
        var captioner = Captioner["Ipo__Captioner__Provider"] is { Length: > 0 } named ? named : configuration["Ipo:Captioner:Provider"];
        AsksLanguageModel = PromptGen["Ipo__PromptGen__OpenAI__Model"] is { Length: > 0 }
            || configuration["Ipo:PromptGen:OpenAI:Model"] is { Length: > 0 };
        HasEmbeddedCaptioner = captioner is null or "" or "attributes";

        void Describe(Dictionary<string, string?> service, string section, string? provider, string? model)
        {
            service[$"Ipo__{section}__Provider"] = provider ?? (string.IsNullOrEmpty(model) ? null : "openai");
            service[$"Ipo__{section}__OpenAI__Model"] = model;
            service[$"Ipo__{section}__OpenAI__Endpoint"] = configuration["IPO_OPENAI_ENDPOINT"];
        }
    }

    private void OpenToTheNetwork()
    {
        foreach (var service in (Dictionary<string, string?>[])[ClipScorer, Captioner, PromptGen, Orchestrator, Web])
            service["IPO_BIND"] = "any";
        // They ask nobody who calls: the deployment's network lets in only who may. Orchestrator and pages ask; what makes them public
        // ends TLS in front of them. Whoever deploys sets IPO_TLS to certificates in place of both.
        foreach (var inner in (Dictionary<string, string?>[])[ClipScorer, Captioner, PromptGen]) inner["IPO_INSECURE"] = "true";
        foreach (var outer in (Dictionary<string, string?>[])[Orchestrator, Web]) outer["IPO_TLS"] = "terminated";
    }
}
