using Ipo.Orchestrator.Errors;
namespace Ipo.Orchestrator.Datasets;

/// <summary>The same image more than once in a dataset: in two splits it would be searched on and then prove itself,
/// and under two labels one of them is wrong.</summary>
internal static class DuplicateFiles
{
    /// <summary>What a person can mend is refused; a repetition in one class and split is left out with a
    /// warning.</summary>
    /// <exception cref="RefusedException">An image stands in two splits or under two classes.</exception>
    public static List<(ListedImage Listed, string Sha256)> Reject(
        List<(ListedImage Listed, string Sha256)> images, IReadOnlyList<string> classNames, List<string> warnings)
    {
        var kept = new List<(ListedImage, string)>();
        var dropped = new List<string>();
        foreach (var same in ByDigest(images))
        {
            var first = same[0];
            kept.Add(first);
            foreach (var (listed, _) in same.Skip(1))
            {
                if (listed.Label != first.Listed.Label)
                    throw RefusedException.Invalid(
                        $"'{first.Listed.Path}' and '{listed.Path}' are the same image under two classes "
                            + $"('{classNames[first.Listed.Label]}' and '{classNames[listed.Label]}'); delete the wrong one.");
                if (listed.Split != first.Listed.Split)
                    throw RefusedException.Invalid(
                        $"'{first.Listed.Path}' and '{listed.Path}' are the same image in two splits ({first.Listed.Split} and "
                            + $"{listed.Split}); a result on it would prove nothing. Delete one of them.");
                dropped.Add(listed.Path);
            }
        }
        Warn(warnings, dropped, "of the same class");
        return kept;
    }

    /// <summary>In a published dataset, which nobody mends, repetitions are left out: a test image stays and its copies
    /// go, so that nothing is searched on that proves the search, and of two classes the one listed first
    /// stays.</summary>
    public static List<(ListedImage Listed, string Sha256)> Drop(List<(ListedImage Listed, string Sha256)> images, List<string> warnings)
    {
        var kept = new List<(ListedImage, string)>();
        var (sameClass, otherSplit, otherClass) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var same in ByDigest(images))
        {
            var one = same.MaxBy(image => image.Listed.Split); // test over validation over training; the first of equals
            kept.Add(one);
            foreach (var (listed, _) in same.Where(image => !ReferenceEquals(image.Listed, one.Listed)))
                (listed.Label != one.Listed.Label ? otherClass : listed.Split != one.Listed.Split ? otherSplit : sameClass)
                    .Add(listed.Path);
        }
        Warn(warnings, sameClass, "of the same class");
        Warn(warnings, otherSplit, "of another split");
        Warn(warnings, otherClass, "of another class");
        return kept;
    }

    // Nearly every image stands once: of a million a group for each takes more memory than the images themselves.
    private static IEnumerable<IReadOnlyList<(ListedImage Listed, string Sha256)>> ByDigest(
        List<(ListedImage Listed, string Sha256)> images)
    {
        var digests = new HashSet<string>(images.Count);
        var repeated = images.Where(image => !digests.Add(image.Sha256)).Select(image => image.Sha256).ToHashSet();
        var groups = images.Where(image => repeated.Contains(image.Sha256)).ToLookup(image => image.Sha256);
        foreach (var image in images)
            if (!repeated.Contains(image.Sha256)) yield return [image];
            else if (digests.Remove(image.Sha256)) yield return [.. groups[image.Sha256]];
    }

    private static void Warn(List<string> warnings, List<string> dropped, string of)
    {
        if (dropped.Count > 0)
            warnings.Add(
                $"{FileList.Summarize(dropped)} {(dropped.Count == 1 ? "repeats an image" : "repeat images")} {of} and "
                    + $"{(dropped.Count == 1 ? "is" : "are")} left out.");
    }
}
