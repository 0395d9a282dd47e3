using Ipo.Cli.Connections;

namespace Ipo.Cli.Hub;

/// <summary>Which hub is asked and as whom, by the variables that Hugging Face's own tools take.</summary>
/// <param name="Endpoint">Address of the hub or of a mirror; ends in a slash.</param>
/// <param name="Token">What HF_TOKEN holds; null where it is not set.</param>
/// <param name="IsOffline">Whether no hub may be asked.</param>
internal sealed record HubSettings(Uri Endpoint, string? Token, bool IsOffline)
{
    private const string OwnEndpoint = "https://huggingface.co";

    /// <summary>Reads HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE.</summary>
    /// <exception cref="CommandFailure">One of them cannot be used.</exception>
    public static HubSettings Read(Func<string, string?> environment)
    {
        var named = environment("HF_ENDPOINT") is { Length: > 0 } set ? set : OwnEndpoint;
        if (!Uri.TryCreate(named.TrimEnd('/') + '/', UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https")
            || endpoint.UserInfo.Length > 0 || endpoint.Query.Length > 0 || endpoint.Fragment.Length > 0)
            throw Wrong(
                "HF_ENDPOINT is not the address of a hub; it takes https://HOST or https://HOST/PATH, and HF_TOKEN takes the token.");
        var token = environment("HF_TOKEN")?.Trim() is { Length: > 0 } given ? given : null;
        if (token?.Any(letter => letter is <= ' ' or > '~') == true)
            throw Wrong("HF_TOKEN holds something that is not a token: a space, a line break or a letter beyond ASCII.");
        // A token over plain HTTP is anybody's on the way.
        if (token is not null && endpoint.Scheme == "http" && !endpoint.IsLoopback)
            throw Wrong($"HF_TOKEN is set and HF_ENDPOINT ({endpoint}) is not https: anybody on the way could read the token. "
                + "Use the hub's https address, or unset HF_TOKEN.");
        return new(endpoint, token, environment("HF_HUB_OFFLINE")?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE");
    }

    /// <summary>Whether an address is the hub's own, which alone gets the token.</summary>
    public bool IsHubs(Uri address) => address.Scheme == Endpoint.Scheme && address.Authority == Endpoint.Authority;

    private static CommandFailure Wrong(string message) => new(message, ExitCode.Usage);
}
