using Grpc.Net.ClientFactory;
using Ipo.ServiceDefaults;
using Ipo.ServiceDefaults.Settings;
using Ipo.V1;
using Ipo.Web.Backend;
using Ipo.Web.Files;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Server.Circuits;
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
        builder.AddIpoGrpcClient<IpoClient>("orchestrator", client => client.PropagateCallContext = false)
            .AddInterceptor<SignedCalls>(InterceptorScope.Client);
        builder.Services.AddScoped<Session>().AddScoped<CircuitHandler, SessionCircuit>();
        builder.Services.AddScoped(services =>
        {
            var session = services.GetRequiredService<Session>();
            return new SignedCalls(() => session.Token);
        });
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.Cookie.Name = "ipo";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.ExpireTimeSpan = TimeSpan.FromHours(12);
            cookie.SlidingExpiration = false;
        });
        // The orchestrator asks who calls; what it refuses, no page shows.
        builder.Services.AddSingleton(new NetworkGuard(IsClosed: true, ""));
        builder.Services.AddSettings<WebOptions>(WebOptions.Section);
        builder.Services.AddScoped<Uploading>().AddSingleton<RunFeeds>().AddSingleton(TimeProvider.System);
        builder.Services.AddScoped<ReportPage>();
        // What it protects lives no longer than this process: a restart signs everybody out.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddFluentUIComponents();
    }

    public static void MapWeb(this WebApplication app)
    {
        app.UseMiddleware<BrowserGuard>();
        app.UseAuthentication();
        app.Use((context, next) =>
        {
            context.RequestServices.GetRequiredService<Session>().Read(context.User);
            return next(context);
        });
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapFiles();
        app.MapSignIn();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
