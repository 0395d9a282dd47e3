using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Ipo.IntegrationTests.Pages;
using Microsoft.Playwright;
using Xunit;

namespace Ipo.IntegrationTests.Access;

/// <summary>The pages of a system that asks who calls, in a real browser: a page that lives on after it was loaded calls for whoever
/// signed in.</summary>
public sealed class SignedInPagesTests
{
    private const string Secret = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    [Fact]
    public async Task A_person_signs_in_works_and_signs_out()
    {
        var folder = Directory.CreateTempSubdirectory("ipo-keys-").FullName;
        var keys = Path.Combine(folder, "keys.json");
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Secret)));
        await File.WriteAllTextAsync(
            keys,
            $$"""
              {"keys": [{"id": "abcdefghij", "name": "person", "role": "read", "tenant": "local", "created": "2026-01-02T03:04:05Z", "sha256": "{{digest}}"}]}
              """,
            TestContext.Current.CancellationToken);
        await using var chromium = await Chromium.StartAsync();
        await using var system = await RunningSystem.StartAsync(
            builder => builder.CreateResourceBuilder<ProjectResource>("orchestrator").WithEnvironment("Ipo__Orchestrator__Access__KeysFile", keys),
            TestContext.Current.CancellationToken);
        var root = system.Address("web", "http").ToString();
        var page = await chromium.PageAsync();

        await page.GotoAsync(root);
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await EveryForm.NothingBarsTheWayAsync(page);
        await page.GetByLabel("Key or token").FillAsync($"ipo_abcdefghij_{Secret}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByText("No run yet.")).ToBeVisibleAsync();
        // The list asks again every two seconds, over the page's own connection.
        await page.WaitForTimeoutAsync(6_000);
        await Assertions.Expect(page.GetByText("No run yet.")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "System" }).ClickAsync();
        await Assertions.Expect(page.GetByText("ipo-tiny").First).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Sign out" })).ToBeVisibleAsync();
        await EveryForm.NothingBarsTheWayAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.GotoAsync(root);
        await Assertions.Expect(page.GetByText("Sign in to see this page.")).ToBeVisibleAsync();
        await EveryForm.NothingBarsTheWayAsync(page);
        Directory.Delete(folder, recursive: true);
    }
}
