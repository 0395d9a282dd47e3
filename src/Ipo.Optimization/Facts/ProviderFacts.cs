namespace Ipo.Optimization.Facts;

/// <summary>A provider and the model it was configured with; paid ones are counted against the budget's calls.</summary>
public sealed record ProviderFacts(string Name, string Model, bool Paid);
