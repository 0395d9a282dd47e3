using Ipo.ServiceDefaults;
using Ipo.ServiceDefaults.Settings;
using Ipo.V1;
using Ipo.Web.Backend;
using Ipo.Web.Files;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.FluentUI.AspNetCore.Components;

namespace Ipo.Web;

/// <summary>The pages: a client of the public API like any other.</summary>
internal static class WebRegistration
{
    public static void AddWeb(this WebApplicationBuilder builder)
    {
        // Outside of development too: an ordinary build leaves the libraries' styles and scripts where they are.
        builder.WebHost.UseStaticWebAssets();
        builder.AddIpoGrpcClient<IpoClient>("orchestrator", client => client.PropagateCallContext = false);
        builder.Services.AddSettings<WebOptions>(WebOptions.Section);
        builder.Services.AddScoped<Uploading>();
        builder.Services.AddScoped<ReportPage>();
        // What it protects lives no longer than a page that is open.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddFluentUIComponents();
    }

    public static void MapWeb(this WebApplication app)
    {
        app.UseMiddleware<BrowserGuard>();
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapFiles();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
