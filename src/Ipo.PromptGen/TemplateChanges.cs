using Ipo.Providers;

namespace Ipo.PromptGen;

/// <summary>The changes that turn one template into another, and the words they use.</summary>
internal sealed class TemplateChanges
{
    // How much rather a word is taken that the descriptions use: with 3, one that all of them use is taken three times
    // in four.
    private const double Attention = 3;

    // Words already used in this answer step back, so that one answer tries many.
    private const double UsedAgain = 0.25;

    private const int MostQualities = 2;
    private const int MostTails = 2;

    private readonly Random random;
    private readonly GoodSense sense;
    private readonly Bank media;
    private readonly Bank qualities;
    private readonly Bank categories;
    private readonly Bank settings;
    private readonly Bank surroundings;
    private readonly (double Weight, Func<TemplateShape, Func<TemplateShape>, TemplateShape> Change)[] moves;

    public TemplateChanges(Random random, DescriptionPhrases phrases, GoodSense sense, ClassNames forbidden)
    {
        this.random = random;
        this.sense = sense;
        media = new Bank(sense.Media, phrases, forbidden);
        qualities = new Bank(sense.Qualities, phrases, forbidden);
        categories = new Bank(sense.Categories, phrases, forbidden);
        settings = new Bank(
            [.. VisualVocabulary.Backgrounds, .. VisualVocabulary.Lightings, .. VisualVocabulary.Viewpoints], phrases, forbidden);
        surroundings = new Bank(phrases.Surroundings.Select(offered => offered.Phrase), phrases, forbidden);
        moves =
        [
            (media.IsEmpty ? 0 : 3, Restyle), (qualities.IsEmpty ? 0 : 2, Qualify), (categories.IsEmpty ? 0 : 3, Categorise),
            (settings.IsEmpty ? 0 : 1.5, Set), (surroundings.IsEmpty ? 0 : 1.5, Surround), (3, Join), (1.5, Simplify), (1, Reword),
        ];
    }

    /// <summary>One change, chosen at random, and what then goes together; <paramref name="mate"/> gives another parent
    /// where the change takes two.</summary>
    public TemplateShape Apply(TemplateShape shape, Func<TemplateShape> mate)
    {
        var at = random.NextDouble() * moves.Sum(move => move.Weight);
        foreach (var (weight, change) in moves)
            if ((at -= weight) < 0) return sense.Mend(change(shape, mate));
        return sense.Mend(moves[^1].Change(shape, mate));
    }

    // Another medium; the qualities belonged to the old one half of the time.
    private TemplateShape Restyle(TemplateShape shape, Func<TemplateShape> mate) =>
        shape with
        {
            FreeOpening = null,
            Medium = media.Draw(random),
            Article = "a",
            Qualities = random.Next(2) == 0 ? [] : shape.Qualities,
        };

    private TemplateShape Qualify(TemplateShape shape, Func<TemplateShape> mate)
    {
        var quality = qualities.Draw(random);
        if (shape.FreeOpening is not null || shape.Medium.Length == 0)
            return shape with { FreeOpening = null, Medium = "photo", Article = "a", Qualities = [quality] };
        var kept = shape.Qualities.Remove(quality);
        var replaces = kept.Length >= MostQualities || (kept.Length > 0 && random.Next(2) == 0);
        return sense.Mend(
            shape with { Qualities = replaces ? kept.SetItem(random.Next(kept.Length), quality) : kept.Insert(0, quality) }, quality);
    }

    private TemplateShape Categorise(TemplateShape shape, Func<TemplateShape> mate) => shape with { Category = categories.Draw(random) };

    private TemplateShape Set(TemplateShape shape, Func<TemplateShape> mate) => WithTail(shape, settings.Draw(random));

    private TemplateShape Surround(TemplateShape shape, Func<TemplateShape> mate) => WithTail(shape, surroundings.Draw(random));

    // Each facet from one of two good ones: what was found apart comes together.
    private TemplateShape Join(TemplateShape shape, Func<TemplateShape> mate)
    {
        var other = mate();
        var opening = random.Next(2) == 0 ? shape : other;
        return opening with
        {
            Category = Either(shape.Category, other.Category),
            Tails = random.Next(2) == 0 ? shape.Tails : other.Tails,
            End = random.Next(2) == 0 ? shape.End : other.End,
        };
    }

    // A category said by one parent only is kept more often than lost: it is the facet that is found hardest.
    private string Either(string mine, string theirs) =>
        mine.Length > 0 && theirs.Length > 0 ? (random.Next(2) == 0 ? mine : theirs)
        : random.Next(4) == 0 ? "" : mine + theirs;

    private TemplateShape Simplify(TemplateShape shape, Func<TemplateShape> mate)
    {
        var simpler = new List<TemplateShape>();
        if (shape.FreeOpening is not null || shape.Medium.Length > 0)
            simpler.Add(shape with { FreeOpening = null, Medium = "", Qualities = [], Article = "a" });
        for (var at = 0; at < shape.Qualities.Length; at++) simpler.Add(shape with { Qualities = shape.Qualities.RemoveAt(at) });
        for (var at = 0; at < shape.Tails.Length; at++) simpler.Add(shape with { Tails = shape.Tails.RemoveAt(at) });
        if (shape.Category.Length > 0) simpler.Add(shape with { Category = "" });
        return simpler.Count == 0 ? Reword(shape, mate) : simpler[random.Next(simpler.Count)];
    }

    // Small words that CLIP minds all the same.
    private TemplateShape Reword(TemplateShape shape, Func<TemplateShape> mate) => random.Next(3) switch
    {
        0 => shape with { End = shape.End.Length == 0 ? "." : "" },
        1 when shape.FreeOpening is null => shape with
        {
            Article = shape.Article switch { "a" => "the", "the" when !sense.Countable => "", _ => "a" },
        },
        _ => shape.Medium switch
        {
            "photo" => shape with { Medium = "picture" },
            "picture" => shape with { Medium = "image" },
            _ => shape with { End = shape.End.Length == 0 ? "." : "" },
        },
    };

    private TemplateShape WithTail(TemplateShape shape, string phrase)
    {
        var tail = (random.Next(2) == 0 ? " " : ", ") + phrase;
        var kept = shape.Tails.RemoveAll(other => other.Contains(phrase, StringComparison.OrdinalIgnoreCase));
        var replaces = kept.Length >= MostTails || (kept.Length > 0 && random.Next(2) == 0);
        return sense.Mend(
            shape with { Tails = replaces ? kept.SetItem(random.Next(kept.Length), tail) : kept.Add(tail) }, phrase);
    }

    /// <summary>Words of one facet with the weight at which each is drawn.</summary>
    private sealed class Bank
    {
        private readonly string[] words;
        private readonly double[] weights;

        public Bank(IEnumerable<string> words, DescriptionPhrases phrases, ClassNames forbidden)
        {
            this.words = [.. words.Where(word => !forbidden.StandIn(word))];
            weights = [.. this.words.Select(word => 1 + (Attention * this.words.Length * phrases.Share(word)))];
        }

        public bool IsEmpty => words.Length == 0;

        public string Draw(Random random)
        {
            var at = random.NextDouble() * weights.Sum();
            var drawn = words.Length - 1;
            for (var index = 0; index < words.Length; index++)
            {
                if ((at -= weights[index]) >= 0) continue;
                drawn = index;
                break;
            }
            weights[drawn] *= UsedAgain;
            return words[drawn];
        }
    }
}
