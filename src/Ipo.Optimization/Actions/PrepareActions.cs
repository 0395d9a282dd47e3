using Ipo.Optimization.Facts;

namespace Ipo.Optimization.Actions;

/// <summary>Fix the dataset, checkpoint and providers; append <see cref="RunPrepared"/>.</summary>
public sealed record Prepare : RunAction;

/// <summary>Make the scorer know every search image; append <see cref="ImagesEmbedded"/>.</summary>
public sealed record EmbedImages : RunAction;
