using System.Globalization;
using Ipo.ServiceDefaults.Settings;

namespace Ipo.Providers;

/// <summary>An OpenAI-compatible endpoint and the model asked there. It is configured when <see cref="Model"/> is set
/// and one of <see cref="ApiKey"/> and <see cref="Endpoint"/>; all else has a default.</summary>
public record ChatEndpointOptions : ISettingsWithRules
{
    /// <summary>OpenAI's own base address, used where a key is set and no endpoint.</summary>
    public const string OpenAI = "https://api.openai.com/v1";

    /// <summary>Base address up to and with the version, for instance <c>http://localhost:11434/v1</c>; empty means
    /// OpenAI's own.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>Name of the model, as the endpoint knows it.</summary>
    public string Model { get; set; } = "";

    /// <summary>The bearer key; endpoints on one's own machine often take none.</summary>
    public Secret ApiKey { get; set; } = Secret.None;

    /// <summary>Longest wait for one whole answer. A model that thinks before it writes takes some minutes on a computer of
    /// one's own.</summary>
    [Between("00:00:00.001", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest answer where a request names none, with what the model thinks before it. Eight long templates take
    /// about 500 tokens, thoughts some thousand; the published code's 40 cut templates in the middle (paper.md,
    /// section 7, 9). What is not used costs nothing.</summary>
    [Between(1, 1_000_000, Unit = "tokens")]
    public int MaxOutputTokens { get; set; } = 8192;

    /// <summary>Name of the request field that carries the limit: <c>max_completion_tokens</c> (default; what OpenAI's
    /// newer models insist on) or <c>max_tokens</c>, the only one that some compatible servers know. A server that refuses
    /// the one is sent the other; this setting is for servers that ignore it without a word.</summary>
    public string MaxOutputTokensField { get; set; } = "max_completion_tokens";

    /// <summary>Whether the request field <c>seed</c> is sent where a call has one. Default true; where a server refuses
    /// it, it is left out by itself.</summary>
    public bool SendSeed { get; set; } = true;

    /// <summary>Price of a million input tokens; without one the table's (<see cref="ModelPrices"/>), where it has the
    /// model and the endpoint is on another machine. A run with a budget in money stops at an answer that costs nothing.
    /// Set both prices or neither; one that is free in truth is set to 0.000001.</summary>
    [Between(0, 10_000, Unit = "US dollars", LeastMeans = "the price table's, or none")]
    public decimal InputPricePerMillionTokens { get; set; }

    /// <summary>Price of a million output tokens.</summary>
    [Between(0, 10_000, Unit = "US dollars", LeastMeans = "the price table's, or none")]
    public decimal OutputPricePerMillionTokens { get; set; }

    /// <summary>The prices by which calls are counted: as set, else as listed; null where neither knows any. A server on
    /// this machine charges nothing, whatever its models are called.</summary>
    public ModelPrice? Price => InputPricePerMillionTokens > 0 || OutputPricePerMillionTokens > 0
        ? new(InputPricePerMillionTokens, OutputPricePerMillionTokens)
        : Address.IsLoopback ? null : ModelPrices.Of(Model);

    /// <summary>Whether there is enough here to make a call.</summary>
    public bool IsConfigured => Model.Trim().Length > 0 && (ApiKey.IsSet || Endpoint.Trim().Length > 0);

    /// <summary>Where calls go. A server that is told to listen on 0.0.0.0 is reached at the loopback address.</summary>
    public Uri Address
    {
        get
        {
            var address = new Uri(Endpoint.Trim() is { Length: > 0 } set ? set : OpenAI);
            return address.Host switch
            {
                "0.0.0.0" => new UriBuilder(address) { Host = "127.0.0.1" }.Uri,
                "[::]" => new UriBuilder(address) { Host = "::1" }.Uri,
                _ => address,
            };
        }
    }

    /// <summary>What a person has to set before a call can be made.</summary>
    public static string HowToConfigure(string path) =>
        $"set {path}:Model, and {path}:ApiKey (OpenAI) or {path}:Endpoint (any OpenAI-compatible server)";

    /// <summary>What is wrong beside ranges, each with its configuration path.</summary>
    public virtual IEnumerable<string> Problems(string path)
    {
        if (Endpoint.Trim().Length > 0 && !IsPlainAddress(Endpoint))
            yield return $"{path}:Endpoint takes an http or https address without user, query or fragment, for instance {OpenAI}.";
        if (MaxOutputTokensField is not ("max_completion_tokens" or "max_tokens"))
            yield return $"{path}:MaxOutputTokensField takes 'max_completion_tokens' or 'max_tokens'.";
        if ((InputPricePerMillionTokens == 0) != (OutputPricePerMillionTokens == 0))
            yield return InputPricePerMillionTokens == 0
                ? OnePrice("Input", "Output", OutputPricePerMillionTokens)
                : OnePrice("Output", "Input", InputPricePerMillionTokens);
        if (ApiKey.Reveal().Any(letter => letter is < '!' or > '~'))
            yield return $"{path}:ApiKey holds a character that a header cannot carry (a line break or a space, perhaps from copying).";

        string OnePrice(string missing, string set, decimal price) => string.Create(
            CultureInfo.InvariantCulture,
            $"{path}:{missing}PricePerMillionTokens is not set and {set}PricePerMillionTokens is {price}, "
                + $"so a budget in money would count one side alone; set both, or neither.");
    }

    // The address stands in messages and traces, so nothing secret may be part of it.
    private static bool IsPlainAddress(string text) =>
        Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0;
}
