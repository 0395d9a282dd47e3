using Grpc.Core;
using Ipo.V1;
using Ipo.Web.Backend;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ipo.Web.Files;

/// <summary>Signing in and out. The orchestrator says whether a token is one; these pages know none.</summary>
internal static class SignInEndpoints
{
    /// <summary>The page.</summary>
    public const string Path = "/sign-in";

    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        app.MapGet(Path, (string? to, Session session) => Page(to, session));
        app.MapPost(Path, SignInAsync).AddEndpointFilter(OfOwnFormAsync);
        app.MapPost("/sign-out", async (HttpContext http) =>
        {
            await http.SignOutAsync();
            return Results.LocalRedirect(Path);
        }).AddEndpointFilter(OfOwnFormAsync);
    }

    private static async ValueTask<object?> OfOwnFormAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http)
            ? await next(context)
            : Results.Problem(
                $"This form is no longer one of these pages; load {Path} again.", statusCode: StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> SignInAsync(HttpContext http, Session session, IpoClient client)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var to = form["to"].ToString();
        session.Token = form["token"].ToString().Trim();
        try { await client.Runs.ListRunsAsync(new() { PageSize = 1 }, cancellationToken: http.RequestAborted); }
        catch (RpcException refusal)
        {
            session.Token = null;
            return Page(to, session, Fault.Of(refusal).Message);
        }
        catch (FormatException) // no header can hold it
        {
            session.Token = null;
            return Page(to, session, "This is no key and no token.");
        }
        await http.SignInAsync(Session.Holding(session.Token, CookieAuthenticationDefaults.AuthenticationScheme));
        return Results.LocalRedirect(Local(to));
    }

    private static RazorComponentResult Page(string? to, Session session, string problem = "") => new(typeof(SignIn), new
    {
        To = Local(to),
        Problem = problem,
        IsSignedIn = session.Token is not null,
    });

    // Nobody is led to another site.
    private static string Local(string? to) => to is ['/', not ('/' or '\\'), ..] && !to.Any(char.IsControl) ? to : "/";
}
