namespace Ipo.Optimization.Facts;

/// <summary>A part of a dataset that templates are evaluated on.</summary>
public enum DatasetPart
{
    /// <summary>The search images.</summary>
    Search,

    /// <summary>The validation split, classes searched on.</summary>
    Validation,

    /// <summary>The test split, classes searched on.</summary>
    TestBase,

    /// <summary>The test split, novel classes.</summary>
    TestNovel,

    /// <summary>The selection images of every other class searched on, from the first; told apart among these classes
    /// alone.</summary>
    EvenClasses,

    /// <summary>The selection images of the classes between them.</summary>
    OddClasses,
}

/// <summary>What holds of parts.</summary>
public static class DatasetParts
{
    /// <summary>Whether a part holds test images, which stay sealed until the winner is chosen.</summary>
    public static bool IsTest(this DatasetPart part) => part is DatasetPart.TestBase or DatasetPart.TestNovel;
}
