using Grpc.Core;
using Ipo.Images;
using Ipo.Providers;
using Ipo.ServiceDefaults;
using Ipo.V1;
using Microsoft.Extensions.Options;

namespace Ipo.Captioner;

/// <summary>Which captioner describes images.</summary>
internal sealed record CaptionerOptions
{
    public const string Path = "Ipo:Captioner";

    /// <summary>Name of the captioner: "attributes" (default) or "openai".</summary>
    public string Provider { get; set; } = AttributesCaptioner.Name;
}

/// <summary>Registers the configured captioner behind its cache.</summary>
internal static class CaptionerServices
{
    public static void AddCaptioner(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddChatEndpoint<OpenAiCaptionerOptions>(OpenAiCaptioner.Path);
        services.AddOptions<CaptionerOptions>()
            .BindConfiguration(CaptionerOptions.Path)
            .Validate<IOptions<OpenAiCaptionerOptions>>(
                (options, openAi) => options.Provider == AttributesCaptioner.Name
                    || (options.Provider == OpenAiCaptioner.Name && openAi.Value.IsConfigured),
                $"{CaptionerOptions.Path}:Provider takes '{AttributesCaptioner.Name}', or '{OpenAiCaptioner.Name}' where that is "
                    + $"configured: {ChatEndpointOptions.HowToConfigure(OpenAiCaptioner.Path)}.")
            .ValidateOnStart();

        if (builder.Configuration[$"{CaptionerOptions.Path}:Provider"] == OpenAiCaptioner.Name)
            services.AddSingleton<ICaptioner, OpenAiCaptioner>();
        else
        {
            // Calls outlive their callers here (CachingCaptioner), so they do not take over a caller's deadline but
            // have one of their own.
            builder.AddIpoGrpcClient<ClipScorerService.ClipScorerServiceClient>(
                "clip-scorer", client => (client.PropagateCallContext, client.DefaultDeadline) = (false, TimeSpan.FromMinutes(2)));
            services.AddSingleton<ICaptioner, AttributesCaptioner>();
        }
        services.AddErrorMap(Map);
        services.AddSingleton<AnswerCache>();
        services.AddSingleton<Purchases<FoundCaption>>()
            .AddHostedService(provider => provider.GetRequiredService<Purchases<FoundCaption>>());
        services.AddSingleton<CachingCaptioner>();
        services.AddSingleton<CaptionerMetrics>();
    }

    private static ErrorStatus? Map(Exception fault) => fault switch
    {
        ImageRejectedException => new(StatusCode.InvalidArgument, "IMAGE_REJECTED", $"content: {fault.Message}") { Field = "content" },
        ProviderFailedException => new(StatusCode.Unavailable, "PROVIDER_FAILED", fault.Message),
        _ => null,
    };
}
