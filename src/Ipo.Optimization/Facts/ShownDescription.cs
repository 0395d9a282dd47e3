using System.Text.Json.Serialization;

namespace Ipo.Optimization.Facts;

/// <summary>A description as instructions show it.</summary>
/// <param name="Image">Digest of the image whose description it is.</param>
/// <param name="Alike">Digests of further images that it stands for, because their descriptions are nearly the
/// same.</param>
public sealed record ShownDescription(string Image, IReadOnlyList<string> Alike);

/// <summary>A description that is not shown because something is wrong with it.</summary>
/// <param name="Image">Digest of the image.</param>
/// <param name="Flag">What is wrong.</param>
/// <param name="Similarity">Cosine of description and image.</param>
/// <param name="Score">How far that is from its peers', as a modified z-score; negative is below.</param>
/// <param name="ClassName">The class it names; null for none.</param>
public sealed record FlaggedDescription(
    string Image,
    DescriptionFlag Flag,
    double Similarity,
    double Score,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ClassName = null);

/// <summary>What is wrong with a description. Names are stored in journals: add, never rename.</summary>
public enum DescriptionFlag
{
    /// <summary>It is much less like its image than other descriptions are like theirs.</summary>
    DoesNotFit,

    /// <summary>It names a class.</summary>
    NamesAClass,
}
