using Grpc.Core;
using Ipo.Providers;
using Ipo.ServiceDefaults;
using Ipo.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;

namespace Ipo.PromptGen;

/// <summary>Registers the proposers.</summary>
internal static class ProposerRegistration
{
    public static void AddProposers(this WebApplicationBuilder builder)
    {
        builder.Services.AddChatEndpoint<ChatEndpointOptions>(LanguageModel.Path);
        builder.Services.AddKeyedSingleton(KeyedService.AnyKey, (services, name) => ChatEndpoints.Create(
            services, services.GetRequiredService<IOptions<PromptGenOptions>>().Value.Models[(string)name!],
            PromptGenOptions.PathOf((string)name!)));
        builder.Services.AddSettings<PromptGenOptions>(PromptGenOptions.Path)
            .Validate<IOptions<ChatEndpointOptions>>(
                (options, model) =>
                    Proposers.FindRules(options.Provider) is not null || (options.Provider.Length > 0 && model.Value.IsConfigured),
                $"{PromptGenOptions.Path}:Provider takes {string.Join(", ", Proposers.Rules.Select(rules => $"'{rules.About.Name}'"))}, "
                    + "or another proposer's name where a language model is configured: "
                    + $"{ChatEndpointOptions.HowToConfigure(LanguageModel.Path)}.");
        builder.Services.AddErrorMap(fault => fault is ProposerNotConfiguredException
            ? new(StatusCode.FailedPrecondition, "PROPOSER_NOT_CONFIGURED", fault.Message)
            : null);
        builder.Services.AddSingleton<AnswerCache>();
        builder.Services.AddSingleton<Purchases<FoundAnswer>>()
            .AddHostedService(services => services.GetRequiredService<Purchases<FoundAnswer>>());
        builder.Services.AddSingleton(Create);
    }

    private static Proposers Create(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<PromptGenOptions>>().Value;
        var name = options.Provider;
        var kept = options.KeepAnswers ? services.GetRequiredService<AnswerCache>() : null;
        var purchases = services.GetRequiredService<Purchases<FoundAnswer>>();
        var models = options.Models.Keys
            .Select(named => new LanguageModel(
                LanguageModel.Name, services.GetRequiredKeyedService<ChatEndpoint>(named), purchases, kept, named));
        if (services.GetRequiredService<IOptions<ChatEndpointOptions>>().Value.IsConfigured)
            models = models.Prepend(new LanguageModel(
                Proposers.FindRules(name) is null ? name : LanguageModel.Name, services.GetRequiredService<ChatEndpoint>(), purchases,
                kept));
        return new([.. models], name);
    }
}
