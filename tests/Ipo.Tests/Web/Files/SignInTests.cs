using System.Net;
using System.Text.RegularExpressions;
using Ipo.Keys;
using Ipo.Orchestrator.Configuration;
using Ipo.Tests.Fakes;
using Ipo.Tests.Orchestrator;
using Ipo.Web.Backend;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.Web.Files;

/// <summary>The pages before an orchestrator that asks who calls, and before one that does not.</summary>
public sealed partial class SignInTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private FakeServices _fakes = null!;
    private string _token = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _fakes = await FakeServices.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _fakes.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Nobody_is_asked_to_sign_in_where_the_orchestrator_asks_nobody()
    {
        await using var lab = await StartAsync(closed: false);
        await using var web = Pages(lab);
        using var browser = Browser(web);
        var page = await browser.GetStringAsync("/", Cancellation);
        Assert.Contains("No run yet", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Sign in", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Sign out", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_signs_in_with_a_key_sees_the_pages_and_signs_out()
    {
        await using var lab = await StartAsync(closed: true);
        await using var web = Pages(lab);
        using var browser = Browser(web);
        Assert.Contains("Sign in to see this page.", await browser.GetStringAsync("/", Cancellation), StringComparison.Ordinal);
        using (var picture = await browser.GetAsync($"/images/x/{new string('0', 64)}", Cancellation))
            Assert.Equal(HttpStatusCode.Unauthorized, picture.StatusCode);

        using (var wrong = await PostAsync(browser, "/sign-in", ("token", "ipo_wrong")))
        {
            Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
            Assert.Contains("There is no such key.", await wrong.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
            Assert.DoesNotContain(wrong.Headers, header => header.Key == "Set-Cookie" && header.Value.Any(value => value.StartsWith("ipo=", StringComparison.Ordinal)));
        }
        using (var right = await PostAsync(browser, "/sign-in", ("token", $" {_token}\n"), ("to", "//elsewhere.example/")))
        {
            Assert.Equal((HttpStatusCode.Redirect, "/"), (right.StatusCode, right.Headers.Location!.ToString()));
            var cookie = right.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith("ipo=", StringComparison.Ordinal));
            Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(_token, cookie, StringComparison.Ordinal);
        }
        var page = await browser.GetStringAsync("/", Cancellation);
        Assert.Contains("No run yet", page, StringComparison.Ordinal);
        Assert.Contains("Sign out", page, StringComparison.Ordinal);
        Assert.DoesNotContain(_token, page, StringComparison.Ordinal);
        using (var picture = await browser.GetAsync($"/images/x/{new string('0', 64)}", Cancellation))
            Assert.Equal(HttpStatusCode.NotFound, picture.StatusCode);

        using (var left = await PostAsync(browser, "/sign-out")) Assert.Equal(HttpStatusCode.Redirect, left.StatusCode);
        Assert.Contains("Sign in to see this page.", await browser.GetStringAsync("/", Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/sign-out")]
    public async Task A_form_of_another_page_signs_nobody_in_or_out(string path)
    {
        await using var lab = await StartAsync(closed: true);
        await using var web = Pages(lab);
        using var browser = Browser(web);
        using var answer = await browser.PostAsync(
            path, new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = _token }), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task<OrchestratorLab> StartAsync(bool closed)
    {
        var (key, token) = ApiKey.Create("person", Role.Read, "local", DateTimeOffset.UtcNow, null);
        _token = token;
        var keys = Path.Combine(_folder, "keys.json");
        KeysFile.Write(keys, [key]);
        return await OrchestratorLab.StartAsync(_folder, _fakes, kestrel: true, services: services =>
        {
            if (closed) services.Configure<AccessOptions>(access => access.KeysFile = keys);
        });
    }

    private static InProcessService<WebOptions> Pages(OrchestratorLab lab) =>
        new(new() { ["services:orchestrator:grpc:0"] = lab.Address });

    private static HttpClient Browser(InProcessService<WebOptions> web) =>
        web.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

    // The form of the page, with what it hides.
    private static async Task<HttpResponseMessage> PostAsync(HttpClient browser, string path, params (string Name, string Value)[] fields)
    {
        var page = await browser.GetStringAsync("/sign-in", Cancellation);
        var hidden = Hidden().Match(page).Groups[1].Value;
        Assert.NotEmpty(hidden);
        return await browser.PostAsync(path, new FormUrlEncodedContent(fields
            .Append(("__RequestVerificationToken", hidden)).ToDictionary(field => field.Item1, field => field.Item2)), Cancellation);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Hidden();
}
