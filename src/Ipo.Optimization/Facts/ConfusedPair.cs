namespace Ipo.Optimization.Facts;

/// <summary>Images of one class that a template takes for another one.</summary>
/// <param name="Label">Label of the images' class.</param>
/// <param name="TakenFor">Label of the class they are taken for.</param>
/// <param name="Images">How many are.</param>
public sealed record ConfusedPair(int Label, int TakenFor, int Images);
