namespace Ipo.Optimization.Templates;

/// <summary>Why a proposal did not become a scored template.</summary>
/// <param name="Reason">The kind, which reports count.</param>
/// <param name="Message">One sentence for a person.</param>
public sealed record Refusal(RefusalReason Reason, string Message);
