using Ipo.Optimization.Actions;

namespace Ipo.Orchestrator.Clients;

/// <summary>Where the prices of paid models are configured: in the services that ask these models, which alone know
/// what a call costs.</summary>
internal static class ModelPrices
{
    /// <summary>The provider's name in a sentence.</summary>
    public static string NameOf(ProviderRole provider) => provider == ProviderRole.Captioner ? "captioner" : "proposer";

    /// <summary>The settings that hold the prices of its model.</summary>
    /// <param name="namedModel">The name that the configuration gives a proposer's model; empty for the default one.</param>
    public static string SettingsOf(ProviderRole provider, string namedModel)
    {
        var section = provider == ProviderRole.Captioner ? "Ipo:Captioner:OpenAI"
            : namedModel.Length > 0 ? $"Ipo:PromptGen:Models:{namedModel}" : "Ipo:PromptGen:OpenAI";
        return $"{section}:InputPricePerMillionTokens and {section}:OutputPricePerMillionTokens";
    }
}
