using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using StackExchange.Redis;

namespace Ipo.ServiceDefaults;

/// <summary>Where a Redis is: <c>host:port,option=value,…</c>, or the address that other clients and hosters give,
/// <c>redis://user:password@host:port/database</c> (rediss:// with TLS).</summary>
internal sealed record RedisAddress
{
    private const int UsualPort = 6379;

    // RFC 3986, section 3.1.
    private static readonly SearchValues<char> SchemeLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");

    private RedisAddress(string connectionString) => ConnectionString = connectionString;

    /// <summary>The form that StackExchange.Redis reads; of an address without its user and password.</summary>
    public string ConnectionString { get; }

    /// <summary>The user of an address; empty for none.</summary>
    private string User { get; init; } = "";

    private string Password { get; init; } = "";

    /// <summary>Reads either form.</summary>
    /// <param name="text">What is configured.</param>
    /// <param name="defaults">Options in front, so that what the text says itself wins.</param>
    /// <param name="address">The address; null where the text is neither.</param>
    public static bool TryRead(string text, string defaults, [NotNullWhen(true)] out RedisAddress? address)
    {
        address = IsUri(text) ? FromUri(text.Trim(), defaults) : new(defaults + text);
        try { if (address is not null) ConfigurationOptions.Parse(address.ConnectionString); }
        catch (ArgumentException) { address = null; }
        return address is not null;
    }

    /// <summary>Sets what a connection string cannot carry: a password may hold commas.</summary>
    public void Complete(ConfigurationOptions options)
    {
        if (User.Length > 0) options.User = User;
        if (Password.Length > 0) options.Password = Password;
    }

    // By what stands in front: in a connection string "://" may be part of a password.
    private static bool IsUri(string text) => text.IndexOf("://", StringComparison.Ordinal) is > 0 and var end
        && text.AsSpan(0, end).Trim().IndexOfAnyExcept(SchemeLetters) < 0;

    // The forms of redis-cli and IANA's registration: without a user name the password stands behind a colon alone.
    private static RedisAddress? FromUri(string text, string defaults)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss") || uri.Host.Length == 0)
            return null;
        var path = uri.AbsolutePath.Trim('/');
        if (path.Length > 0 && !int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return null;
        var (host, port) = (uri.Host, uri.Port < 0 ? UsualPort : uri.Port);
        var login = uri.UserInfo.Split(':', 2);
        return new($"{defaults}{host}:{port.ToString(CultureInfo.InvariantCulture)}"
            + (uri.Scheme == "rediss" ? ",ssl=true" : "") + (path.Length > 0 ? $",defaultDatabase={path}" : ""))
        {
            User = login.Length == 2 ? Uri.UnescapeDataString(login[0]) : "",
            Password = Uri.UnescapeDataString(login[^1]),
        };
    }
}
