namespace Ipo.Optimization.Statistics;

/// <summary>A template beside the baseline on the same images.</summary>
/// <param name="OnlyWinner">Images that only the template classifies rightly.</param>
/// <param name="OnlyBaseline">Images that only the baseline classifies rightly.</param>
/// <param name="Images">Images in all.</param>
/// <param name="Seed">Seed of the bootstrap.</param>
public sealed record PairedComparison(int OnlyWinner, int OnlyBaseline, int Images, long Seed)
{
    /// <summary>What a p-value has to fall below.</summary>
    public const double Significance = 0.05;

    /// <summary>Exact two-sided McNemar p-value.</summary>
    public double McNemar { get; } = Proportion.McNemar(OnlyWinner, OnlyBaseline);

    /// <summary>Paired bootstrap 95 % interval of the difference; drawn where it is asked for, a choice does not need
    /// it.</summary>
    public Interval Interval => PairedBootstrap.Difference(OnlyWinner, OnlyBaseline, Images, Seeds.Draw(Seed, Seeds.Bootstrap));

    /// <summary>The template's accuracy minus the baseline's.</summary>
    public double Difference => (double)(OnlyWinner - OnlyBaseline) / Images;

    /// <summary>About how many images would show a difference as large as this one, in four of five tries: the sample
    /// size of McNemar's test at 0.05 with power 0.8 (Connor 1987, equation 1), from the shares of images seen to
    /// differ; 0 where no difference was seen.</summary>
    public int ImagesToTell
    {
        get
        {
            const double Alpha = 1.959963984540054; // the 97.5 % point of the normal distribution
            const double Power = 0.8416212335729143; // its 80 % point
            if (OnlyWinner == OnlyBaseline) return 0;
            double discordant = (double)(OnlyWinner + OnlyBaseline) / Images, difference = Difference;
            var root = (Alpha * Math.Sqrt(discordant)) + (Power * Math.Sqrt(discordant - (difference * difference)));
            return (int)Math.Min(int.MaxValue, Math.Ceiling(root * root / (difference * difference)));
        }
    }

    /// <summary>What the test says of the template.</summary>
    public Judgement Judgement => Judge(McNemar);

    /// <summary>What another p-value of the same difference says, for instance one adjusted for its family.</summary>
    public Judgement Judge(double p) =>
        p >= Significance ? Judgement.Same : OnlyWinner > OnlyBaseline ? Judgement.Better : Judgement.Worse;

    /// <summary>Compares outcomes.</summary>
    /// <param name="winner">The template's outcomes, one '1' or '0' per image.</param>
    /// <param name="baseline">The baseline's, on the same images.</param>
    /// <param name="seed">Seed of the bootstrap.</param>
    public static PairedComparison Of(string winner, string baseline, long seed)
    {
        if (winner.Length != baseline.Length)
            throw new ArgumentException($"Outcome counts differ: {winner.Length} and {baseline.Length} images.", nameof(baseline));
        var (onlyWinner, onlyBaseline) = (0, 0);
        for (var image = 0; image < winner.Length; image++)
        {
            if (winner[image] > baseline[image]) onlyWinner++;
            if (winner[image] < baseline[image]) onlyBaseline++;
        }
        return new(onlyWinner, onlyBaseline, winner.Length, seed);
    }
}

/// <summary>What images say of a template beside the baseline.</summary>
public enum Judgement
{
    /// <summary>They do not tell them apart.</summary>
    Same,

    /// <summary>It is better.</summary>
    Better,

    /// <summary>It is worse.</summary>
    Worse,
}
