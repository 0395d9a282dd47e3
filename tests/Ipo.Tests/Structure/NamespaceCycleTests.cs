using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace Ipo.Tests.Structure;

/// <summary>
/// Rooms have walls: the namespaces of a project use each other in one direction, so that each can be read, changed and tested
/// without those that come after it.
/// </summary>
public sealed partial class NamespaceCycleTests
{
    [Theory]
    [InlineData("Ipo.Captioner")]
    [InlineData("Ipo.Cli", "ipo")]
    [InlineData("Ipo.ClipScorer")]
    [InlineData("Ipo.Images")]
    [InlineData("Ipo.Keys")]
    [InlineData("Ipo.Optimization")]
    [InlineData("Ipo.Orchestrator")]
    [InlineData("Ipo.PromptGen")]
    [InlineData("Ipo.Providers")]
    [InlineData("Ipo.Samples")]
    [InlineData("Ipo.ServiceDefaults")]
    [InlineData("Ipo.Web")]
    public void The_namespaces_of_a_project_use_each_other_in_one_direction(string project, string? assembly = null)
    {
        var graph = NamespaceGraph.Of(Path.Combine(AppContext.BaseDirectory, $"{assembly ?? project}.dll"), project);
        var cycle = graph.FindCycle();
        Assert.True(cycle is null, $"{project} has a cycle:\n{cycle}");
    }

    [Theory]
    [InlineData("Ipo.Optimization", "The rooms of the core")]
    [InlineData("Ipo.ClipScorer", "The rooms of the scorer")]
    [InlineData("Ipo.Orchestrator", "The rooms of the orchestrator")]
    public void The_table_of_a_projects_rooms_is_in_the_order_of_their_arrows(string project, string heading)
    {
        var section = File.ReadAllText(Path.Combine(Shared.Repository, "docs", "architecture.md"))
            .Split("\n## ").Single(text => text.StartsWith(heading, StringComparison.Ordinal));
        var rooms = Room().Matches(section).Select(row => $"{project}.{row.Groups[1].Value}").ToList();
        var assembly = Path.Combine(AppContext.BaseDirectory, $"{project}.dll");
        var graph = NamespaceGraph.Of(assembly, project);
        Assert.Equal(
            Assembly.LoadFrom(assembly).GetTypes().Select(type => type.Namespace).OfType<string>()
                .Where(name => name.StartsWith($"{project}.", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal),
            rooms.Order(StringComparer.Ordinal));
        Assert.Equal([], rooms.SelectMany((room, at) => graph.UsedBy(room).Except(rooms.Take(at)).Select(used => $"{room} uses {used}")));
    }

    // The fixtures' only way back is a static call in a lambda.
    [Fact]
    public void A_static_call_in_a_method_closes_a_cycle_which_is_named_with_its_places() =>
        Assert.Equal(
            """
            Back → Front: Back.Yard+<>c uses Front.Door
            Front → Middle: Front.Door uses Middle.Hall
            Middle → Back: Middle.Hall uses Back.Yard
            """,
            Fixture("Cyclic").FindCycle()?.Replace("Ipo.Tests.Structure.Cyclic.", "", StringComparison.Ordinal));

    [Theory]
    [InlineData("Field")]
    [InlineData("Parameter")]
    [InlineData("Base")]
    [InlineData("Marked")]
    [InlineData("Argument")]
    [InlineData("Local")]
    [InlineData("Switch")]
    public void Whatever_names_a_type_is_an_arrow(string kind) =>
        Assert.Contains("Ipo.Tests.Structure.Arrows.Target", Fixture("Arrows").UsedBy($"Ipo.Tests.Structure.Arrows.{kind}"));

    private static NamespaceGraph Fixture(string fixture) =>
        NamespaceGraph.Of(typeof(NamespaceCycleTests).Assembly.Location, $"Ipo.Tests.Structure.{fixture}");

    // The table's rows: a folder's name, what it is, what it may know.
    [GeneratedRegex(@"^\| `([A-Z][A-Za-z.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Room();
}
