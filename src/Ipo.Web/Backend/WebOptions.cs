namespace Ipo.Web.Backend;

/// <summary>Settings of the pages, at configuration <c>Ipo:Web</c>. Empty configuration is a working one.</summary>
public sealed class WebOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Ipo:Web";

    /// <summary>Origins under which a proxy on the same machine offers the pages, for instance
    /// <c>https://ipo.example.org</c>. Default: none.</summary>
    public IList<string> AllowedOrigins { get; } = [];
}
