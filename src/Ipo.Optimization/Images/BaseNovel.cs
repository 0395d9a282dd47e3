using Ipo.Optimization.Settings;

namespace Ipo.Optimization.Images;

/// <summary>CoOp's base and novel classes: the first half of the sorted labels, rounded up, and the rest
/// (paper.md, section 1, "data"; <c>subsample_classes</c> in KaiyangZhou/CoOp).</summary>
public static class BaseNovel
{
    /// <summary>How many of some classes are searched on: they are the labels below this number.</summary>
    /// <param name="classes">Number of all classes.</param>
    /// <param name="selection">Which classes a run searches on.</param>
    public static int SearchedClasses(int classes, ClassSelection selection) =>
        selection == ClassSelection.All ? classes : (classes + 1) / 2;
}
