using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;

namespace Ipo.Optimization.Actions;

/// <summary>Choose which images are described, by <see cref="ImageSelection.Choose"/>; append
/// <see cref="ImagesChosen"/>.</summary>
/// <param name="Pool">The images whose embeddings the choice looks at.</param>
/// <param name="Count">How many are described.</param>
public sealed record ChooseImages(IReadOnlyList<SearchImage> Pool, int Count) : RunAction;

/// <summary>
/// Describe images, all at once; for each append <see cref="DescriptionRequested"/> before the call and
/// <see cref="DescriptionReceived"/> or <see cref="DescriptionFailed"/> after it.
/// </summary>
public sealed record DescribeImages(IReadOnlyList<DescriptionCall> Calls) : RunAction;

/// <summary>One image to describe.</summary>
/// <param name="Image">The image.</param>
/// <param name="Attempt">The attempt, from 1.</param>
/// <param name="NotBefore">When the call may be made.</param>
public sealed record DescriptionCall(SearchImage Image, int Attempt, DateTimeOffset NotBefore);

/// <summary>Find how similar each description is to its image and decide by <see cref="DescriptionChoice.Of"/> what is
/// shown; append <see cref="DescriptionsChosen"/>.
/// </summary>
/// <param name="Described">The images that have a description.</param>
public sealed record ChooseDescriptions(IReadOnlyList<SearchImage> Described) : RunAction;
