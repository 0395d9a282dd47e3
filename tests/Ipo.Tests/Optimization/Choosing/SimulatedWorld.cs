using Ipo.Optimization.Choosing;
using Ipo.Optimization.Templates;

namespace Ipo.Tests.Optimization.Choosing;

/// <summary>
/// Templates whose true accuracies are known. An image has an ease that all templates share and, for each template, a little
/// noise of its own; it is classified rightly where the template's level, its ease and the noise come out above zero. So two
/// templates differ on few images, as real ones do: with this noise on about 14 in 100.
/// </summary>
internal sealed class SimulatedWorld(int seed, int classes, int imagesPerClass, IReadOnlyList<double> trueAccuracies)
{
    private const double Noise = 0.35; // beside an ease of standard deviation 1
    private static readonly double Spread = Math.Sqrt(1 + Noise * Noise);

    private readonly Random random = new(seed);
    private double? spare;

    /// <summary>Templates in the order of their true accuracies; the baseline first.</summary>
    public IReadOnlyList<PromptTemplate> Templates { get; } =
        [PromptTemplate.Baseline, .. Enumerable.Range(1, trueAccuracies.Count - 1)
            .Select(number => PromptTemplate.Parse($"a photo of a <CLASS>, number {number}."))];

    public int Classes => classes;

    /// <summary>The true accuracy of a template.</summary>
    public double TrueAccuracy(PromptTemplate template) => trueAccuracies[Templates.ToList().IndexOf(template)];

    /// <summary>Every template on fresh search images, as a journal would tell it.</summary>
    public IReadOnlyList<ScoredPrompt> Search()
    {
        var outcomes = Draw(Templates, classes * imagesPerClass);
        return [.. Templates.Zip(
            outcomes, (template, on) =>
                new ScoredPrompt(template, (double)on.Right / on.Images, on.Loss, template == PromptTemplate.Baseline ? 0 : 1, on))];
    }

    /// <summary>Some templates on as many fresh images.</summary>
    public IReadOnlyList<Contender> HeldOut(IEnumerable<PromptTemplate> templates) => On(templates, classes * imagesPerClass);

    /// <summary>Some templates on fresh images.</summary>
    public IReadOnlyList<Contender> On(IEnumerable<PromptTemplate> templates, int images)
    {
        var list = templates.ToList();
        return [.. list.Zip(Draw(list, images), (template, outcomes) => new Contender(template, outcomes))];
    }

    private List<ImageOutcomes> Draw(IReadOnlyList<PromptTemplate> templates, int images)
    {
        var places = Templates.Select((template, place) => (template, place)).ToDictionary(pair => pair.template, pair => pair.place);
        var levels = templates.Select(template => Spread * NormalPoint(trueAccuracies[places[template]])).ToArray();
        var eases = Enumerable.Range(0, images).Select(_ => Normal()).ToArray();
        return [.. levels.Select(level =>
        {
            var (correct, losses) = (new char[images], new float[images]);
            for (var image = 0; image < images; image++)
            {
                var margin = level + eases[image] + Noise * Normal();
                correct[image] = margin > 0 ? '1' : '0';
                losses[image] = (float)Math.Log(1 + Math.Exp(-2 * margin)); // a logistic loss: lower where the margin is larger
            }
            return new ImageOutcomes(new string(correct), losses.Average(loss => (double)loss), losses);
        })];
    }

    // Box and Muller (1958), two at a time.
    private double Normal()
    {
        if (spare is { } kept)
        {
            spare = null;
            return kept;
        }
        var (radius, angle) = (Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())), 2 * Math.PI * random.NextDouble());
        spare = radius * Math.Sin(angle);
        return radius * Math.Cos(angle);
    }

    // The point of the normal distribution below which a share lies, by bisection on its distribution function.
    private static double NormalPoint(double share)
    {
        var (low, high) = (-5.0, 5.0);
        for (var halving = 0; halving < 60; halving++)
        {
            var middle = (low + high) / 2;
            if (Distribution(middle) < share) low = middle; else high = middle;
        }
        return low;
    }

    // Abramowitz and Stegun (1964), 26.2.17: off by less than 7.5e-8.
    private static double Distribution(double x)
    {
        if (x < 0) return 1 - Distribution(-x);
        var t = 1 / (1 + 0.2316419 * x);
        var series = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return 1 - Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI) * series;
    }
}
