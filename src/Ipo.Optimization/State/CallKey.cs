namespace Ipo.Optimization.State;

/// <summary>Names one call to a provider, whichever attempt it is.</summary>
internal readonly record struct CallKey(string Key, int Step = 0, int Call = 0)
{
    public static CallKey Describe(string image) => new($"describe {image}");

    public static CallKey Propose(int step, int call) => new(FormattableString.Invariant($"propose {step}.{call}"), step, call);

    public bool IsDescription => Key.StartsWith("describe ", StringComparison.Ordinal);
}
