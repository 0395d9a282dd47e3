namespace Ipo.Optimization.Settings;

/// <summary>Which classes a run searches on. Names are stored in journals.</summary>
public enum ClassSelection
{
    /// <summary>CoOp's base classes: the first half of the sorted labels, rounded up.</summary>
    Base,

    /// <summary>All classes.</summary>
    All,
}
