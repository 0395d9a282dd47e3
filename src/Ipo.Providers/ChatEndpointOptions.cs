using System.Globalization;

namespace Ipo.Providers;

/// <summary>An OpenAI-compatible endpoint and the model asked there. It is configured when <see cref="Model"/> is set and one of
/// <see cref="ApiKey"/> and <see cref="Endpoint"/>; all else has a default.</summary>
public record ChatEndpointOptions
{
    /// <summary>OpenAI's own base address, used where a key is set and no endpoint.</summary>
    public const string OpenAI = "https://api.openai.com/v1";

    /// <summary>Base address up to and with the version, for instance <c>http://localhost:11434/v1</c>; empty means OpenAI's own.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>Name of the model, as the endpoint knows it.</summary>
    public string Model { get; set; } = "";

    /// <summary>The bearer key; endpoints on one's own machine often take none.</summary>
    public Secret ApiKey { get; set; } = Secret.None;

    /// <summary>Longest wait for one whole answer, 1 ms to 1 hour. Default 2 minutes: a slow model with a long memory answers within one.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Longest answer in tokens where a request names none, 1 to 1,000,000. Default 1,024: eight long templates take
    /// about 500. The published code's 40 cut templates in the middle (paper.md, section 7, 9).</summary>
    public int MaxOutputTokens { get; set; } = 1024;

    /// <summary>Name of the request field that carries the limit: <c>max_completion_tokens</c> (default; what OpenAI's newer models
    /// insist on) or <c>max_tokens</c>, the only one that some compatible servers know and the others ignore without a word.</summary>
    public string MaxOutputTokensField { get; set; } = "max_completion_tokens";

    /// <summary>Whether the request field <c>seed</c> is sent where a call has one. Default true; some compatible servers refuse a request
    /// with fields that they do not know.</summary>
    public bool SendSeed { get; set; } = true;

    /// <summary>Price of a million input tokens in US dollars, 0 to 10,000; 0 (default) means that no price is known. A run with a
    /// budget in money stops at an answer that costs nothing. Set both prices or neither; one that is free in truth is set to 0.000001.</summary>
    public decimal InputPricePerMillionTokens { get; set; }

    /// <summary>Price of a million output tokens in US dollars, 0 to 10,000; 0 (default) means that no price is known.</summary>
    public decimal OutputPricePerMillionTokens { get; set; }

    /// <summary>Whether there is enough here to make a call.</summary>
    public bool IsConfigured => Model.Trim().Length > 0 && (ApiKey.IsSet || Endpoint.Trim().Length > 0);

    /// <summary>Where calls go.</summary>
    public Uri Address => new(Endpoint.Trim() is { Length: > 0 } set ? set : OpenAI);

    /// <summary>What a person has to set before a call can be made.</summary>
    public static string HowToConfigure(string path) =>
        $"set {path}:Model, and {path}:ApiKey (OpenAI) or {path}:Endpoint (any OpenAI-compatible server)";

    /// <summary>Everything wrong with the values, each with its configuration path; empty where they can be used.</summary>
    public virtual IEnumerable<string> Faults(string path)
    {
        if (Endpoint.Trim().Length > 0 && !IsPlainAddress(Endpoint))
            yield return $"{path}:Endpoint takes an http or https address without user, query or fragment, for instance {OpenAI}.";
        if (Timeout < TimeSpan.FromMilliseconds(1) || Timeout > TimeSpan.FromHours(1))
            yield return $"{path}:Timeout is {Timeout}; it takes 00:00:00.001 to 01:00:00.";
        if (MaxOutputTokens is < 1 or > 1_000_000)
            yield return $"{path}:MaxOutputTokens is {MaxOutputTokens}; it takes 1 to 1000000.";
        if (MaxOutputTokensField is not ("max_completion_tokens" or "max_tokens"))
            yield return $"{path}:MaxOutputTokensField takes 'max_completion_tokens' or 'max_tokens'.";
        if (InputPricePerMillionTokens is < 0 or > 10_000)
            yield return $"{path}:InputPricePerMillionTokens is {InputPricePerMillionTokens}; it takes 0 to 10000 US dollars.";
        if (OutputPricePerMillionTokens is < 0 or > 10_000)
            yield return $"{path}:OutputPricePerMillionTokens is {OutputPricePerMillionTokens}; it takes 0 to 10000 US dollars.";
        if ((InputPricePerMillionTokens == 0) != (OutputPricePerMillionTokens == 0))
            yield return InputPricePerMillionTokens == 0 ? OnePrice("Input", "Output", OutputPricePerMillionTokens) : OnePrice("Output", "Input", InputPricePerMillionTokens);
        if (ApiKey.Reveal().Any(letter => letter is < '!' or > '~'))
            yield return $"{path}:ApiKey holds a character that a header cannot carry (a line break or a blank, perhaps from copying).";

        string OnePrice(string missing, string set, decimal price) => string.Create(CultureInfo.InvariantCulture,
            $"{path}:{missing}PricePerMillionTokens is not set and {set}PricePerMillionTokens is {price}, so a budget in money would count one side alone; set both, or neither.");
    }

    // The address stands in messages and traces, so nothing secret may be part of it.
    private static bool IsPlainAddress(string text) =>
        Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0;
}
