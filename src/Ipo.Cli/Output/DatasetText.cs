using Ipo.V1;

namespace Ipo.Cli.Output;

/// <summary>A dataset in words.</summary>
internal static class DatasetText
{
    /// <summary>Its classes and images.</summary>
    public static string Contents(Dataset dataset) =>
        $"{Amounts.Count(dataset.ClassNames.Count, "class", "classes")}, {Amounts.Count(dataset.TrainImages)} training, " +
        $"{Amounts.Count(dataset.ValidationImages)} validation and {Amounts.Count(dataset.TestImages)} test images";
}
