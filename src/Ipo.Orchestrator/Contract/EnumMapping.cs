namespace Ipo.Orchestrator.Contract;

/// <summary>An enumeration of the core to its twin in the contract, by name.</summary>
internal static class EnumMapping<TFrom, TTo> where TFrom : struct, Enum where TTo : struct, Enum
{
    private static readonly Dictionary<TFrom, TTo> Twins = Enum.GetValues<TFrom>()
        .ToDictionary(value => value, value => Enum.Parse<TTo>(value.ToString()));

    /// <summary>The twin; a member without one fails at the first use, and in the test that reads both.</summary>
    public static TTo Of(TFrom value) => Twins[value];
}
