using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Ipo.Tests.Structure;

/// <summary>
/// Which namespace of an assembly uses which, with one place as a witness for each arrow. Read from the compiled metadata, so a
/// static call in a method's body counts as much as a parameter; a constant does not, because the compiler copies its value.
/// </summary>
internal sealed class NamespaceGraph
{
    private readonly SortedDictionary<string, SortedDictionary<string, string>> arrows = new(StringComparer.Ordinal);

    private NamespaceGraph()
    {
    }

    /// <summary>The graph of an assembly.</summary>
    /// <param name="assembly">Path of its file.</param>
    /// <param name="below">The namespaces that count: this one and those below it. Generated code has others.</param>
    public static NamespaceGraph Of(string assembly, string below)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var references = new TypeReferences(file);
        var graph = new NamespaceGraph();
        foreach (var user in file.GetMetadataReader().TypeDefinitions)
        {
            var from = references.NamespaceOf(user);
            if (!Counts(from, below)) continue;
            foreach (var used in references.UsedBy(user))
                if (references.NamespaceOf(used) is var to && to != from && Counts(to, below))
                    graph.Add(from, to, $"{references.NameOf(user)} uses {references.NameOf(used)}");
        }
        return graph;
    }

    /// <summary>A shortest cycle, an arrow and its witness a line; null where there is none.</summary>
    public string? FindCycle()
    {
        var cycles = arrows.Keys.Select(WayBackTo).OfType<IReadOnlyList<string>>();
        return cycles.MinBy(cycle => cycle.Count) is { } shortest ? Describe(shortest) : null;
    }

    /// <summary>The namespaces that a namespace uses.</summary>
    public IReadOnlyCollection<string> UsedBy(string name) => arrows.TryGetValue(name, out var used) ? used.Keys : [];

    private static bool Counts(string name, string below) => name == below || name.StartsWith(below + ".", StringComparison.Ordinal);

    private void Add(string from, string to, string witness)
    {
        if (!arrows.TryGetValue(from, out var used)) arrows[from] = used = new(StringComparer.Ordinal);
        used.TryAdd(to, witness);
    }

    // Breadth first, so that the way found is a shortest one.
    private List<string>? WayBackTo(string start)
    {
        var before = new Dictionary<string, string>();
        var open = new Queue<string>([start]);
        while (open.TryDequeue(out var at))
        {
            foreach (var next in UsedBy(at))
            {
                if (next == start) return Way(at);
                if (before.TryAdd(next, at)) open.Enqueue(next);
            }
        }
        return null;

        List<string> Way(string end)
        {
            var way = new List<string> { start };
            for (var at = end; at != start; at = before[at]) way.Insert(0, at);
            way.Insert(0, start);
            return way;
        }
    }

    private string Describe(IReadOnlyList<string> cycle) => string.Join('\n', cycle.Zip(cycle.Skip(1), (from, to) =>
        $"{from} → {to}: {arrows[from][to]}"));
}
