using Grpc.Core;
using Ipo.Providers;
using Ipo.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Ipo.PromptGen;

/// <summary>Registers the proposers.</summary>
internal static class ProposerRegistration
{
    public static void AddProposers(this WebApplicationBuilder builder)
    {
        builder.Services.AddChatEndpoint<ChatEndpointOptions>(LanguageModel.Path);
        builder.Services.AddOptions<PromptGenOptions>()
            .BindConfiguration(PromptGenOptions.Path)
            .Validate<IOptions<ChatEndpointOptions>>(
                (options, model) =>
                    Proposers.FindRules(options.Provider) is not null || (options.Provider.Length > 0 && model.Value.IsConfigured),
                $"{PromptGenOptions.Path}:Provider takes {string.Join(", ", Proposers.Rules.Select(rules => $"'{rules.About.Name}'"))}, "
                    + "or another proposer's name where a language model is configured: "
                    + $"{ChatEndpointOptions.HowToConfigure(LanguageModel.Path)}.")
            .ValidateOnStart();
        builder.Services.AddErrorMap(fault => fault is ProposerNotConfiguredException
            ? new(StatusCode.FailedPrecondition, "PROPOSER_NOT_CONFIGURED", fault.Message)
            : null);
        builder.Services.AddSingleton<AnswerCache>();
        builder.Services.AddSingleton(Create);
    }

    private static Proposers Create(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<PromptGenOptions>>().Value;
        var name = options.Provider;
        if (!services.GetRequiredService<IOptions<ChatEndpointOptions>>().Value.IsConfigured) return new(null, name);
        var endpoint = services.GetRequiredService<ChatEndpoint>();
        var kept = options.KeepAnswers ? services.GetRequiredService<AnswerCache>() : null;
        return new(new LanguageModel(Proposers.FindRules(name) is null ? name : LanguageModel.Name, endpoint, kept), name);
    }
}
