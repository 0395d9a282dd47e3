using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Ipo.Mutation;

/// <summary>One case of a test: a fact, or a row of a theory.</summary>
internal sealed class Case(MethodInfo method, object?[] arguments)
{
    public MethodInfo Method => method;

    public object?[] Arguments { get; } = WithTail(method.GetParameters(), arguments);

    public string Name => $"{method.ReflectedType!.Name}.{method.Name}";

    // What a "params" array takes comes one by one.
    private static object?[] WithTail(ParameterInfo[] parameters, object?[] arguments)
    {
        if (parameters is not [.. var before, { } last] || !last.IsDefined(typeof(ParamArrayAttribute))
            || (arguments.Length == parameters.Length && last.ParameterType.IsInstanceOfType(arguments[^1]))) return arguments;
        var tail = Array.CreateInstance(last.ParameterType.GetElementType()!, arguments.Length - before.Length);
        arguments[before.Length..].CopyTo(tail, 0);
        return [.. arguments[..before.Length], tail];
    }
}

/// <summary>What one run of a case came to.</summary>
/// <param name="Failure">Why it fails; null where it passes.</param>
/// <param name="Took">Processor time.</param>
/// <param name="Asked">How often it asked the switch.</param>
/// <param name="Hits">The mutants that it met.</param>
internal sealed record Outcome(Exception? Failure, TimeSpan Took, long Asked, HashSet<int> Hits);

/// <summary>The tests and a mutated assembly, loaded apart from everything else, so that static state is new.</summary>
internal sealed class TestRoom : IDisposable
{
    private const BindingFlags Members = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.InvokeMethod
        | BindingFlags.GetProperty | BindingFlags.GetField;

    private readonly AssemblyLoadContext context;
    private readonly FieldInfo active, hits, left;
    private readonly int size;
    private readonly Type nowhere;

    public TestRoom(Mutated mutated, string tests, IReadOnlyList<string> namespaces, IReadOnlyList<string> but, bool isBrief)
    {
        context = new("tests", isCollectible: isBrief); // which slows every access to a static field
        var resolver = new AssemblyDependencyResolver(tests);
        context.Resolving += (room, name) => resolver.ResolveAssemblyToPath(name) is { } path ? room.LoadFromAssemblyPath(path) : null;
        context.ResolvingUnmanagedDll += (_, name) => resolver.ResolveUnmanagedDllToPath(name) is { } path ? NativeLibrary.Load(path) : 0;
        var control = context.LoadFromStream(new MemoryStream(mutated.Image)).GetType("MutantSwitch", throwOnError: true)!;
        (active, hits, left) = (control.GetField("Active")!, control.GetField("Hits")!, control.GetField("Left")!);
        size = mutated.Mutants.Max(mutant => mutant.Number) + 1;
        hits.SetValue(null, new bool[size]);
        nowhere = context.LoadFromAssemblyPath(typeof(Nowhere).Assembly.Location).GetType(typeof(Nowhere).FullName!)!;
        Cases = [.. context.LoadFromAssemblyPath(tests).GetTypes()
            .Where(type => !type.IsAbstract && !but.Contains(type.Name) && namespaces.Any(name => $"{type.Namespace}.".StartsWith($"{name}.", StringComparison.Ordinal)))
            .SelectMany(type => type.GetMethods()).SelectMany(CasesOf)];
    }

    public List<Case> Cases { get; }

    /// <summary>Runs one case with one mutant switched on (-1: none), which may ask the switch so often.</summary>
    public Outcome Run(Case test, int mutant, long most = long.MaxValue)
    {
        var met = new bool[size];
        hits.SetValue(null, met);
        left.SetValue(null, most);
        active.SetValue(null, mutant);
        var before = Environment.CpuUsage.TotalTime;
        Exception? failure = null;
        try
        {
            var constructor = test.Method.ReflectedType!.GetConstructors().FirstOrDefault();
            // What a test class is given is somewhere to write; nobody reads it here.
            var instance = test.Method.IsStatic ? null
                : constructor!.Invoke([.. constructor.GetParameters().Select(one => DispatchProxy.Create(one.ParameterType, nowhere))]);
            try { (test.Method.Invoke(instance, test.Arguments) as Task)?.GetAwaiter().GetResult(); }
            finally { (instance as IDisposable)?.Dispose(); }
        }
        catch (Exception fault) { failure = fault.GetBaseException(); }
        return new(failure, Environment.CpuUsage.TotalTime - before, most - (long)left.GetValue(null)!, [.. met.Index().Where(one => one.Item).Select(one => one.Index)]);
    }

    public void Dispose()
    {
        if (context.IsCollectible) context.Unload();
    }

    // xunit's attributes are known by name and shape, because the room has its own copy of them.
    private static IEnumerable<Case> CasesOf(MethodInfo method) => method.GetCustomAttributes().SelectMany(attribute =>
    {
        if (attribute.GetType().Name == "FactAttribute") return [new Case(method, [])];
        if (attribute.GetType().GetInterface("IDataAttribute") is not { } source) return [];
        dynamic rows = attribute.GetType().GetProperty("MemberName")?.GetValue(attribute) is string member
            ? method.ReflectedType!.InvokeMember(member, Members, null, null, null, CultureInfo.InvariantCulture)!
            : ((dynamic)source.GetMethod("GetData")!.Invoke(attribute, [method, null])!).AsTask().GetAwaiter().GetResult();
        return ((IEnumerable)rows).Cast<object>()
            .Select(row => new Case(method, (object?[])row.GetType().GetInterface("ITheoryDataRow")!.GetMethod("GetData")!.Invoke(row, [])!));
    });
}

/// <summary>Any interface, doing nothing.</summary>
public class Nowhere : DispatchProxy
{
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => null;
}
