using Grpc.AspNetCore.Server;
using Ipo.Keys;
using Ipo.Orchestrator.Configuration;
using Ipo.ServiceDefaults;
using Ipo.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Access;

/// <summary>Only those who may: who calls, what that takes, and whose things are seen. docs/access.md.</summary>
internal static class AccessRegistration
{
    public static void Add(IServiceCollection services)
    {
        services.AddSettings<AccessOptions>(AccessOptions.Section);
        services.AddSingleton<KeyRing>().AddSingleton<AuditLog>();
        services.AddErrorMap(AccessErrors.Map);
        services.Configure<GrpcServiceOptions>(grpc =>
        {
            grpc.Interceptors.Add<AuditInterceptor>();
            grpc.Interceptors.Add<PassInterceptor>();
        });
        services.AddAuthentication(AccessScheme.Name)
            .AddScheme<AuthenticationSchemeOptions, AccessHandler>(AccessScheme.Name, null)
            .AddJwtBearer();
        // After the framework's own, so that these are the last word.
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, JwtCaller>()
            .AddSingleton<IPostConfigureOptions<JwtBearerOptions>, JwtCaller>();
        services.AddAuthorization(rules =>
        {
            foreach (var role in Enum.GetValues<Role>())
                rules.AddPolicy(ForRoleAttribute.PolicyOf(role), policy => policy.RequireAuthenticatedUser()
                    .RequireAssertion(asked => Caller.Of(asked.User) is { } caller && caller.Role >= role));
            // A new endpoint is closed until it says its role.
            rules.FallbackPolicy = rules.DefaultPolicy = new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder()
                .RequireAuthenticatedUser().RequireAssertion(_ => false).Build();
        });
        services.AddSingleton(provider => new NetworkGuard(
            provider.GetRequiredService<IOptions<AccessOptions>>().Value.IsConfigured,
            $"set {AccessOptions.Section}:KeysFile to a file of 'ipo keys create', or {AccessOptions.Section}:Jwt"));
    }

    /// <param name="app">The service.</param>
    /// <param name="limits">Refuses what is over a caller's limits; before roles, so that what is refused for want of one
    /// counts too.</param>
    public static void Use(WebApplication app, Action<WebApplication> limits)
    {
        app.UseAuthentication();
        limits(app);
        app.UseAuthorization();
        app.Use(async (context, next) =>
        {
            if (Caller.Of(context.User) is not { } caller)
            {
                await next(context); // what is open to everybody holds no data
                return;
            }
            using (Tenant.Enter(caller.Tenant, ReferenceEquals(caller, Caller.Anybody) ? null : caller.Name)) await next(context);
        });
    }
}
