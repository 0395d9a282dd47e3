namespace Ipo.Optimization.Actions;

/// <summary>What is kept of the single images behind a score.</summary>
public enum OutcomeDetail
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Whether each was classified rightly.</summary>
    Correct,

    /// <summary>That, and its loss.</summary>
    Losses,

    /// <summary>That, and the class it was taken for.</summary>
    Predictions,
}
