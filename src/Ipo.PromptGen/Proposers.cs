using Grpc.Core;
using Ipo.Providers;
using Ipo.ServiceDefaults;
using Ipo.V1;
using Microsoft.Extensions.Options;

namespace Ipo.PromptGen;

/// <summary>Which proposer answers where a request names none.</summary>
internal sealed record PromptGenOptions
{
    public const string Path = "Ipo:PromptGen";

    /// <summary>Name of the default proposer: "evolve" (default), "random-words", or one of a language model.</summary>
    public string Provider { get; set; } = EvolveProposer.Name;
}

/// <summary>The proposers of this service by name.</summary>
internal sealed class Proposers
{
    private readonly Dictionary<string, IProposer> byName;
    private readonly string defaultName;

    public Proposers(IEnumerable<IProposer> proposers, IOptions<PromptGenOptions> options)
    {
        byName = proposers.ToDictionary(proposer => proposer.About.Name, StringComparer.Ordinal);
        defaultName = Canonical(options.Value.Provider);
    }

    /// <summary>What can be asked for, the default first.</summary>
    public IEnumerable<Proposer> Configured =>
        byName.Values.Select(proposer => proposer.About).OrderByDescending(about => about.Name == defaultName).ThenBy(about => about.Name, StringComparer.Ordinal);

    /// <summary>The proposer of that name, the default one for an empty name.</summary>
    /// <exception cref="ProposerNotConfiguredException">It needs a language model, and none is configured.</exception>
    /// <exception cref="InvalidFieldException">There is no such proposer.</exception>
    public IProposer Named(string name)
    {
        if (byName.TryGetValue(name.Length == 0 ? defaultName : Canonical(name), out var proposer)) return proposer;
        if (IsLanguageModel(name)) throw new ProposerNotConfiguredException(name);
        throw new InvalidFieldException("proposer", $"is '{name}'; this service has {string.Join(", ", byName.Keys.Order(StringComparer.Ordinal))}.");
    }

    /// <summary>Whether a name means a proposer with a language model behind it.</summary>
    public static bool IsLanguageModel(string name) => OpenAiProposer.Names.Contains(Canonical(name));

    private static string Canonical(string name) => name == OpenAiProposer.OldName ? OpenAiProposer.Paper : name;
}

/// <summary>A proposer with a language model was asked for, and no language model is configured.</summary>
internal sealed class ProposerNotConfiguredException(string name)
    : Exception($"The proposer '{name}' is not configured: {ChatEndpointOptions.HowToConfigure(OpenAiProposer.Path)}.");

/// <summary>Registers the proposers.</summary>
internal static class ProposerServices
{
    private static readonly IProposer[] Embedded = [new EvolveProposer(), new RandomWordsProposer()];

    public static void AddProposers(this WebApplicationBuilder builder)
    {
        builder.Services.AddChatEndpoint<ChatEndpointOptions>(OpenAiProposer.Path);
        builder.Services.AddOptions<PromptGenOptions>()
            .BindConfiguration(PromptGenOptions.Path)
            .Validate<IOptions<ChatEndpointOptions>>(
                (options, openAi) => Embedded.Any(proposer => proposer.About.Name == options.Provider) || (Proposers.IsLanguageModel(options.Provider) && openAi.Value.IsConfigured),
                $"{PromptGenOptions.Path}:Provider takes '{EvolveProposer.Name}', '{RandomWordsProposer.Name}', or {string.Join(", ", OpenAiProposer.Names.Select(name => $"'{name}'"))} where a language model is configured: {ChatEndpointOptions.HowToConfigure(OpenAiProposer.Path)}.")
            .ValidateOnStart();
        builder.Services.AddErrorMap(fault => fault is ProposerNotConfiguredException
            ? new(StatusCode.FailedPrecondition, "PROPOSER_NOT_CONFIGURED", fault.Message)
            : null);
        builder.Services.AddSingleton(services => new Proposers(
            services.GetRequiredService<IOptions<ChatEndpointOptions>>().Value.IsConfigured
                ? [.. Embedded, .. OpenAiProposer.Names.Select(name => new OpenAiProposer(name, services.GetRequiredService<ChatEndpoint>()))]
                : Embedded,
            services.GetRequiredService<IOptions<PromptGenOptions>>()));
    }
}
