using Ipo.Providers;

namespace Ipo.Captioner;

/// <summary>The vocabulary as texts to embed, and from their embeddings the direction of each phrase.</summary>
/// <remarks>The cosine of an image with the bare phrase says little: general phrases ("detailed", "illustration") lie
/// near every image, and a phrase is embedded apart from the things it is said of. So a phrase is embedded together
/// with several things and averaged, which cancels the things (the ensembling of Radford et al. 2021, section 3.1.4),
/// and then compared with the mean of its facet: with t(p) the average for phrase p and m the mean of t over the facet,
/// an image v scores <c>v · (t(p) − m) / |t(p) − m|</c>. The difference of two texts is a direction of meaning (Gal et
/// al. 2022, StyleGAN-NADA, equation 2); the mean takes the place of its neutral text. On Caltech-101 photographs
/// restyled with an image library and the first ipo-tiny this found the style in "sketch" for 92 % against 52 % by the
/// bare phrase, "negative" 26 % against 0 %.</remarks>
internal sealed class AttributePhrases
{
    /// <summary>Version of the texts and the formula; it stands in cache keys.</summary>
    public const string Version = "attributes-2";

    private static readonly string[] Things = ["dog", "car", "chair", "tree", "person", "house", "bottle", "bird"];

    private static readonly string[] CategoryOpenings = ["a photo of {0}.", "{0}.", "a picture of {0}.", "a drawing of {0}."];

    public static IReadOnlyList<Facet> Facets { get; } =
    [
        new(FacetKind.Medium, VisualVocabulary.Media, phrase => Things.Select(thing => $"{A(phrase)} of {A(thing)}.")),
        new(FacetKind.Quality, VisualVocabulary.Qualities, phrase => Things.Select(thing => $"{A(phrase)} photo of {A(thing)}.")),
        new(FacetKind.Colour, VisualVocabulary.Colours, phrase => Things.Select(thing => $"{A(phrase)} photo of {A(thing)}.")),
        new(FacetKind.Background, VisualVocabulary.Backgrounds, phrase => Things.Select(thing => $"a photo of {A(thing)} {phrase}.")),
        new(FacetKind.Lighting, VisualVocabulary.Lightings, phrase => Things.Select(thing => $"a photo of {A(thing)} {phrase}.")),
        new(FacetKind.Viewpoint, VisualVocabulary.Viewpoints, phrase => Things.Select(thing => $"a photo of {A(thing)} {phrase}.")),
        new(FacetKind.Category, VisualVocabulary.Categories,
            phrase => CategoryOpenings.Select(opening => opening.Replace("{0}", A(phrase), StringComparison.Ordinal))),
    ];

    /// <summary>Every text that has to be embedded, in the order in which the constructor takes the
    /// embeddings.</summary>
    public static IReadOnlyList<string> Texts { get; } = [.. Facets.SelectMany(facet => facet.Phrases.SelectMany(facet.Texts))];

    private readonly Dictionary<FacetKind, float[][]> directions = [];

    /// <param name="embeddings">One for each of <see cref="Texts"/>, all of one length.</param>
    public AttributePhrases(IReadOnlyList<float[]> embeddings)
    {
        var at = 0;
        foreach (var facet in Facets)
        {
            var means = new List<float[]>();
            foreach (var phrase in facet.Phrases)
            {
                var count = facet.Texts(phrase).Count();
                means.Add(Mean([.. embeddings.Skip(at).Take(count)]));
                at += count;
            }
            var centre = Mean(means);
            directions[facet.Kind] = [.. means.Select(mean => Direction(mean, centre))];
        }
    }

    /// <summary>The best phrase of each facet for one image.</summary>
    /// <param name="image">The image's embedding, L2-normalised.</param>
    public IReadOnlyDictionary<FacetKind, RankedPhrase> Best(float[] image) =>
        Facets.ToDictionary(
            facet => facet.Kind, facet => Best(facet, [.. directions[facet.Kind].Select(direction => Dot(image, direction))]));

    private static RankedPhrase Best(Facet facet, double[] scores)
    {
        var best = Array.IndexOf(scores, scores.Max());
        var mean = scores.Average();
        var spread = Math.Sqrt(scores.Average(score => (score - mean) * (score - mean)));
        return new RankedPhrase(facet.Phrases[best], spread > 0 ? (scores[best] - mean) / spread : 0);
    }

    private static string A(string phrase) => VisualVocabulary.ArticleFor(phrase) + phrase;

    private static float[] Mean(List<float[]> vectors)
    {
        var mean = new float[vectors[0].Length];
        foreach (var vector in vectors)
            for (var at = 0; at < mean.Length; at++) mean[at] += vector[at] / vectors.Count;
        return mean;
    }

    private static float[] Direction(float[] vector, float[] centre)
    {
        var difference = vector.Zip(centre, (value, middle) => value - middle).ToArray();
        var length = Math.Sqrt(Dot(difference, difference));
        return length > 0 ? [.. difference.Select(value => (float)(value / length))] : difference;
    }

    private static double Dot(float[] left, float[] right)
    {
        var sum = 0.0;
        for (var at = 0; at < left.Length; at++) sum += (double)left[at] * right[at];
        return sum;
    }
}

/// <summary>What a phrase speaks of.</summary>
internal enum FacetKind { Medium, Quality, Colour, Background, Lighting, Viewpoint, Category }

/// <summary>One facet: its phrases, and the texts by which each is embedded.</summary>
internal sealed record Facet(FacetKind Kind, IReadOnlyList<string> Phrases, Func<string, IEnumerable<string>> Texts);

/// <summary>A facet's best phrase.</summary>
/// <param name="Phrase">The phrase.</param>
/// <param name="Prominence">How far it stands out of its facet, in standard deviations of the facet's scores.</param>
internal sealed record RankedPhrase(string Phrase, double Prominence);
