using Google.Protobuf.Reflection;
using Ipo.Orchestrator.Access;
using Ipo.ServiceDefaults;
using Microsoft.AspNetCore.Authorization;
using Microsoft.OpenApi.Models;

namespace Ipo.Orchestrator.Http;

/// <summary>The public services for callers without gRPC, from the same contract: JSON over HTTP by its
/// <c>google.api.http</c> options, gRPC-Web for browsers, and OpenAPI with a page to try it. docs/http-api.md lists the
/// paths.</summary>
internal static class HttpApi
{
    /// <summary>The OpenAPI description.</summary>
    public const string OpenApiPath = "/openapi/v1.json";

    /// <summary>The page to try it.</summary>
    public const string Page = "/api";

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<CallerLimits>().AddSingleton<Strangers>();
        services.AddSingleton<OpenCalls>().AddHostedService(provider => provider.GetRequiredService<OpenCalls>());
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessRefusals>();
        services.AddGrpcSwagger();
        services.AddIpoGrpc().AddJsonTranscoding(json =>
        {
            // What details of an error hold; all else is in the contract of the method.
            json.TypeRegistry = TypeRegistry.FromFiles(Google.Rpc.ErrorDetailsReflection.Descriptor);
            json.JsonSettings.WriteIndented = false;
        });
        services.AddSwaggerGen(openApi =>
        {
            openApi.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "Ipo",
                Version = "v1",
                Description = "Interpretable prompt optimization for vision-language models. The same services speak gRPC.",
            });
            const string Token = "token";
            openApi.AddSecurityDefinition(Token, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key or a token of the identity provider; none where the orchestrator asks nobody.",
            });
            openApi.AddSecurityRequirement(new OpenApiSecurityRequirement
            {
                [new OpenApiSecurityScheme { Reference = new() { Type = ReferenceType.SecurityScheme, Id = Token } }] = [],
            });
            var comments = Path.Combine(AppContext.BaseDirectory, "Ipo.Protos.xml");
            openApi.IncludeXmlComments(comments);
            openApi.IncludeGrpcXmlComments(comments, includeControllerXmlComments: true);
        });
    }

    public static void Map(WebApplication app)
    {
        app.UseMiddleware<BrowserGuard>();
        app.UseGrpcWeb(new() { DefaultEnabled = true });
        app.UseSwagger(openApi => openApi.RouteTemplate = "openapi/{documentName}.json");
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = Page[1..];
            page.SwaggerEndpoint(OpenApiPath, "Ipo v1");
            page.DocumentTitle = "Ipo API";
        });
        // What stands above is open to everybody, as the contract is: it holds no data.
        AccessRegistration.Use(app, CallerLimits.Use);
        OpenCalls.Use(app);
        app.UseMiddleware<StrictRequests>();
        app.UseMiddleware<ImageCaching>();
        app.MapGet("/protos.zip", () => Results.Stream(
            typeof(V1.IpoClient).Assembly.GetManifestResourceStream("ipo-protos.zip")!, "application/zip", "ipo-protos.zip"))
            .ExcludeFromDescription().AllowAnonymous();
        RunEvents.Map(app);
        OperationEvents.Map(app);
        UploadEndpoints.Map(app);
    }
}
