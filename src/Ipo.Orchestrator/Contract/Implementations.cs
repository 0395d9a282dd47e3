namespace Ipo.Orchestrator.Contract;

/// <summary>The kinds of a thing that this assembly has, each a file of its own that no list names.</summary>
internal static class Implementations
{
    /// <summary>One of each class that is a <typeparamref name="T"/>, in no order.</summary>
    public static IEnumerable<T> Of<T>() => typeof(Implementations).Assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(T)))
        .Select(type => (T)Activator.CreateInstance(type)!);
}
