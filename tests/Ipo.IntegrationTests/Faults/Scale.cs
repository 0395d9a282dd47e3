namespace Ipo.IntegrationTests.Faults;

/// <summary>How much of the faults is tried: <c>IPO_FAULTS=full</c> tries all, as docs/faults.md states it; without it a part is tried.</summary>
internal static class Scale
{
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("IPO_FAULTS") == "full";
}
