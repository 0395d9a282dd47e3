namespace Ipo.AppHost;

/// <summary>Where Aspire's dashboard is.</summary>
internal static class DashboardAddress
{
    /// <summary>Aspire's own name for it (KnownResourceNames.AspireDashboard).</summary>
    public const string ResourceName = "aspire-dashboard";

    /// <summary>Its address with the token that lets a browser in; null while it has none.</summary>
    public static string? Of(CustomResourceSnapshot snapshot) =>
        snapshot.Urls.FirstOrDefault(url => url is { Name: "http" or "https", IsInactive: false })?.Url;
}
