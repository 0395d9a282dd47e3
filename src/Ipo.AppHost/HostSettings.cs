using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Ipo.AppHost;

/// <summary>What a person sets to run the whole of Ipo, as variables or <c>--NAME value</c>; all of it may be left out.
/// <list type="table">
/// <item><term>IPO_HOME</term><description>folder for everything kept: journal, cache, endpoints.json; default ~/.ipo</description></item>
/// <item><term>IPO_CHECKPOINT</term><description>checkpoint folder; default models/ipo-tiny of the repository</description></item>
/// <item><term>IPO_DATASETS</term><description>further folders datasets may lie under, separated as in PATH; the current folder and
/// the user's home always count</description></item>
/// <item><term>IPO_SAMPLE</term><description>dataset folder to optimize at the start; default a dataset that is drawn then;
/// "none" for no run</description></item>
/// <item><term>IPO_PROPOSER, IPO_CAPTIONER</term><description>a proposer's plain name (docs/proposers.md); "openai" or the embedded
/// "attributes"; default: the language model where one is named</description></item>
/// <item><term>IPO_OPENAI_ENDPOINT, IPO_OPENAI_MODEL, IPO_OPENAI_VISION_MODEL, IPO_OPENAI_KEY</term><description>any
/// OpenAI-compatible endpoint</description></item>
/// <item><term>ConnectionStrings__redis</term><description>an external Redis in place of the embedded one</description></item>
/// </list></summary>
internal sealed class HostSettings
{
    private HostSettings(IConfiguration configuration, string home)
    {
        Home = home;
        HasExternalRedis = !string.IsNullOrEmpty(configuration.GetConnectionString("redis"));
        var sample = configuration["IPO_SAMPLE"];
        WantsSample = sample != "none";
        DrawsSample = WantsSample && string.IsNullOrEmpty(sample);
        Sample = DrawsSample ? Path.Combine(home, "samples", "neon-animals") : Path.GetFullPath(string.IsNullOrEmpty(sample) ? "." : sample);
    }

    public string Home { get; }

    public bool HasExternalRedis { get; }

    public bool HasOpenAiKey { get; private set; }

    /// <summary>Whether images are described by the embedded captioner and not by a model that may cost money.</summary>
    public bool HasEmbeddedCaptioner { get; private set; }

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

    /// <summary>Why nothing can be started with these settings, in a sentence for the one who set them; null where all is well.</summary>
    public string? Fault { get; private set; }

    public static HostSettings Read(IDistributedApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var home = configuration["IPO_HOME"] is { Length: > 0 } set
            ? Path.GetFullPath(set)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ipo");
        var settings = new HostSettings(configuration, home);
        settings.ReadProviders(builder);
        // In a deployment folders are the deployment's business, and its containers are reached from outside.
        if (builder.ExecutionContext.IsPublishMode) settings.OpenToTheNetwork();
        else settings.ReadFolders(builder);
        return settings;
    }

    private void ReadFolders(IDistributedApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var checkpoint = configuration["IPO_CHECKPOINT"] is { Length: > 0 } named
            ? Path.GetFullPath(named)
            : Path.GetFullPath("../../models/ipo-tiny", builder.AppHostDirectory);
        ClipScorer["Ipo__ClipScorer__Checkpoint"] = checkpoint;
        Redis["Ipo__Cache__DataDirectory"] = Path.Combine(Home, "cache");
        Orchestrator["Ipo__Orchestrator__DataDirectory"] = Path.Combine(Home, "data");
        string?[] roots =
        [
            Environment.CurrentDirectory, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            .. (configuration["IPO_DATASETS"] ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Path.GetFullPath),
            WantsSample ? Sample : null,
        ];
        foreach (var (number, root) in roots.Where(root => !string.IsNullOrEmpty(root)).Distinct().Index())
            Orchestrator[string.Create(CultureInfo.InvariantCulture, $"Ipo__Orchestrator__DatasetRoots__{number}")] = root;

        if (!Directory.Exists(checkpoint)) Fault = $"IPO_CHECKPOINT: there is no folder {checkpoint}. Name a checkpoint folder in Hugging Face CLIPModel layout, or leave it out for the embedded one.";
        else if (WantsSample && !DrawsSample && !Directory.Exists(Sample)) Fault = $"IPO_SAMPLE: there is no folder {Sample}. Name a folder with a subfolder of images for each class, leave it out for a drawn one, or set it to none.";
        else Fault = PrivateFolder.Ensure(Home);
    }

    private void ReadProviders(IDistributedApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        Describe(PromptGen, "PromptGen", configuration["IPO_PROPOSER"], configuration["IPO_OPENAI_MODEL"]);
        Describe(Captioner, "Captioner", configuration["IPO_CAPTIONER"], configuration["IPO_OPENAI_VISION_MODEL"]);
        if (configuration["IPO_OPENAI_KEY"] is { Length: > 0 } key) configuration[$"Parameters:{Composition.OpenAiKey}"] ??= key;
        var captioner = Captioner["Ipo__Captioner__Provider"] is { Length: > 0 } named ? named : configuration["Ipo:Captioner:Provider"];
        HasEmbeddedCaptioner = captioner is null or "" or "attributes";
        HasOpenAiKey = !string.IsNullOrEmpty(configuration[$"Parameters:{Composition.OpenAiKey}"]);

        void Describe(Dictionary<string, string?> service, string section, string? provider, string? model)
        {
            service[$"Ipo__{section}__Provider"] = provider ?? (string.IsNullOrEmpty(model) ? null : "openai");
            service[$"Ipo__{section}__OpenAI__Model"] = model;
            service[$"Ipo__{section}__OpenAI__Endpoint"] = configuration["IPO_OPENAI_ENDPOINT"];
        }
    }

    private void OpenToTheNetwork()
    {
        foreach (var service in (Dictionary<string, string?>[])[ClipScorer, Captioner, PromptGen, Orchestrator]) service["IPO_BIND"] = "any";
    }
}
