namespace Ipo.Optimization.Settings;

/// <summary>Which images choose a run's winner. Names are stored in journals.</summary>
public enum WinnerRule
{
    /// <summary>The search images: the published method (IPO, section 3).</summary>
    SearchImages,

    /// <summary>Images that the search did not see: the validation split, else folds of the search images.</summary>
    HeldOut,
}
