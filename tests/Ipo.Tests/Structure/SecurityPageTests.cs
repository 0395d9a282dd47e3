using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace Ipo.Tests.Structure;

/// <summary>docs/security.md names tests that exist, and every attack that is tested.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly HashSet<string> Named = [.. Test().Matches(
        File.ReadAllText(Path.Combine(Shared.Repository, "docs", "security.md"))).Select(match => match.Groups[1].Value)];

    private static readonly List<MethodInfo> Tests = [.. typeof(SecurityPageTests).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => method.GetCustomAttributes<FactAttribute>().Any())];

    [Fact]
    public void Every_test_that_the_page_names_exists()
    {
        Assert.True(Named.Count > 50, $"only {Named.Count} tests are named");
        Assert.Equal([], Named.Except(Tests.Select(NameOf)));
    }

    [Fact]
    public void Every_attack_that_is_tested_stands_on_the_page()
    {
        var attacks = Tests.Where(test => test.DeclaringType!.Namespace == "Ipo.Tests.Orchestrator.Attacks").Select(NameOf).ToList();
        Assert.True(attacks.Count > 30, $"only {attacks.Count} tests were found");
        Assert.Equal([], attacks.Except(Named));
    }

    private static string NameOf(MethodInfo test) => $"{test.DeclaringType!.Name}.{test.Name}";

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex Test();
}
