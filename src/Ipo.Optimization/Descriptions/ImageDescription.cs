using Ipo.Optimization.State;

namespace Ipo.Optimization.Descriptions;

/// <summary>What the captioner said of a search image.</summary>
/// <param name="Place">The image's place in the order in which a run describes them, from 0.</param>
/// <param name="Image">Its digest.</param>
/// <param name="ClassName">Name of its class.</param>
/// <param name="Description">The description, class names taken out.</param>
/// <param name="LeftOut">Whether instructions leave it out because something is wrong with it.</param>
public sealed record ImageDescription(int Place, string Image, string ClassName, string Description, bool LeftOut)
{
    /// <summary>Those that a run has so far, in order.</summary>
    public static IEnumerable<ImageDescription> Of(RunState run)
    {
        if (run.Descriptions.IsEmpty) return [];
        var leftOut = run.DescriptionsChosen?.Flagged.Select(flagged => flagged.Image).ToHashSet() ?? [];
        return ImagesToDescribe.Of(run)
            .Select((image, place) => run.Descriptions.TryGetValue(image.Sha256, out var description)
                ? new ImageDescription(
                    place, image.Sha256, run.Prepared!.ClassNames[image.Label], description, leftOut.Contains(image.Sha256))
                : null)
            .OfType<ImageDescription>();
    }
}
