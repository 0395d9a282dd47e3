using System.Reflection;
using System.Text.RegularExpressions;
using Ipo.Captioner;
using Ipo.ClipScorer.Settings;
using Ipo.Orchestrator.Configuration;
using Ipo.PromptGen;
using Ipo.Providers;
using Ipo.ServiceDefaults;
using Ipo.Web.Backend;
using Xunit;

namespace Ipo.Tests.Structure;

/// <summary>docs/settings.md names every setting and every variable that the code reads.</summary>
public sealed partial class SettingsPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Shared.Repository, "docs", "settings.md"));

    [Fact]
    public void Every_property_of_every_services_options_is_on_the_page()
    {
        string[] settings =
        [
            .. Paths(typeof(ClipScorerOptions), "Ipo:ClipScorer"),
            .. Paths(typeof(ModelOptions), "Ipo:ClipScorer"),
            .. Paths(typeof(ConnectionOptions), ConnectionOptions.Section),
            .. Paths(typeof(OrchestratorOptions), "Ipo:Orchestrator"),
            .. Paths(typeof(AccessOptions), "Ipo:Orchestrator:Access"),
            .. Paths(typeof(JwtOptions), "Ipo:Orchestrator:Access:Jwt"),
            .. Paths(typeof(LimitOptions), "Ipo:Orchestrator:Access:Limits"),
            // Tests start the cache as a process and do not reference it.
            .. Property().Matches(File.ReadAllText(Path.Combine(Shared.Repository, "src", "Ipo.Cache", "CacheOptions.cs")))
                .Select(match => $"Ipo:Cache:{match.Groups[1].Value}"),
            .. Paths(typeof(PromptGenOptions), "Ipo:PromptGen"),
            .. Paths(typeof(CaptionerOptions), "Ipo:Captioner"),
            .. Paths(typeof(WebOptions), "Ipo:Web"),
            // Of both endpoints, so the page writes their last part alone.
            .. Paths(typeof(ChatEndpointOptions), "").Select(path => path.TrimStart(':')),
            .. Paths(typeof(OpenAiCaptionerOptions), "Ipo:Captioner:OpenAI", declared: true),
        ];
        Assert.True(settings.Length > 40, $"only {settings.Length} settings were found");
        Assert.All(settings, setting => Assert.Matches($"`{Regex.Escape(setting)}(:0)?`", Page));
    }

    [Fact]
    public void Every_variable_that_the_code_names_is_on_the_page()
    {
        var names = Directory.EnumerateFiles(Path.Combine(Shared.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Variable().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Distinct().ToList();
        Assert.True(names.Count > 10, $"only {names.Count} variables were found");
        Assert.All(names, name => Assert.Contains($"`{name}`", Page, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Paths(Type options, string section, bool declared = false) => options
        .GetProperties(BindingFlags.Public | BindingFlags.Instance | (declared ? BindingFlags.DeclaredOnly : 0))
        .Where(property => property.CanWrite || property.PropertyType.IsGenericType)
        .SelectMany(property => property.PropertyType == typeof(ImageLimits)
            ? Paths(property.PropertyType, $"{section}:{property.Name}")
            : [$"{section}:{property.Name}"]);

    [GeneratedRegex("\"(IPO_[A-Z_]+)\"")]
    private static partial Regex Variable();

    [GeneratedRegex(@"public \S+ (\w+) \{ get; set; \}")]
    private static partial Regex Property();
}
