using Grpc.Core;
using Ipo.Providers;
using Ipo.V1;
using Microsoft.Extensions.Options;

namespace Ipo.PromptGen;

/// <summary>Which proposer answers where a request names none.</summary>
internal sealed record PromptGenOptions
{
    public const string Path = "Ipo:PromptGen";

    /// <summary>Name of the default proposer: "evolve" (default) or "openai".</summary>
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
        defaultName = options.Value.Provider;
    }

    /// <summary>What can be asked for, the default first.</summary>
    public IEnumerable<Proposer> Configured =>
        byName.Values.Select(proposer => proposer.About).OrderByDescending(about => about.Name == defaultName).ThenBy(about => about.Name, StringComparer.Ordinal);

    /// <summary>The proposer of that name, the default one for an empty name.</summary>
    /// <exception cref="RpcException">FAILED_PRECONDITION: known and not configured, with what to set. INVALID_ARGUMENT: unknown.</exception>
    public IProposer Named(string name)
    {
        if (byName.TryGetValue(name.Length == 0 ? defaultName : name, out var proposer)) return proposer;
        throw new RpcException(name == OpenAiProposer.Name
            ? new Status(StatusCode.FailedPrecondition, $"The proposer 'openai' is not configured: {ChatEndpointOptions.HowToConfigure(OpenAiProposer.Path)}.")
            : new Status(StatusCode.InvalidArgument, $"proposer is '{name}'; this service has {string.Join(", ", byName.Keys.Order(StringComparer.Ordinal))}."));
    }
}

/// <summary>Registers the proposers.</summary>
internal static class ProposerServices
{
    public static void AddProposers(this WebApplicationBuilder builder)
    {
        builder.Services.AddChatEndpoint<ChatEndpointOptions>(OpenAiProposer.Path);
        builder.Services.AddOptions<PromptGenOptions>()
            .BindConfiguration(PromptGenOptions.Path)
            .Validate<IOptions<ChatEndpointOptions>>(
                (options, openAi) => options.Provider == EvolveProposer.Name || (options.Provider == OpenAiProposer.Name && openAi.Value.IsConfigured),
                $"{PromptGenOptions.Path}:Provider takes '{EvolveProposer.Name}', or '{OpenAiProposer.Name}' where that is configured: {ChatEndpointOptions.HowToConfigure(OpenAiProposer.Path)}.")
            .ValidateOnStart();
        builder.Services.AddSingleton(services => new Proposers(
            services.GetRequiredService<IOptions<ChatEndpointOptions>>().Value.IsConfigured
                ? [new EvolveProposer(), new OpenAiProposer(services.GetRequiredService<ChatEndpoint>())]
                : [new EvolveProposer()],
            services.GetRequiredService<IOptions<PromptGenOptions>>()));
    }
}
