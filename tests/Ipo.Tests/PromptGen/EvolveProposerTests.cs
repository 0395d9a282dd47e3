using System.Text.RegularExpressions;
using CsCheck;
using Ipo.Optimization.Templates;
using Ipo.PromptGen;
using Ipo.Providers;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.PromptGen;

public sealed partial class EvolveProposerTests
{
    private static readonly string[] Names = ["crane", "sea horse", "bat", "photo frame", "drawing board", "chalk"];

    private static readonly Gen<ProposeTemplatesRequest> Requests = Gen.Select(
        Gen.Long,
        Gen.Int[1, 64],
        Gen.Select(
            Gen.OneOf<string>(
                "a photo of a <CLASS>.", "<CLASS>", "a blurry photo of the <CLASS>, a type of bird.",
                "Take a picture showing <CLASS> clearly, on a wall", "an x-ray of a <CLASS>!"),
            Gen.Double[0, 1],
            Gen.Double[0, 9]).Array[0, 20],
        Gen.OneOf<string>(
            "a chalk drawing on a blackboard, of a kind of animal", "two cranes, with long legs <INS>x</INS>", "Ein Bild.\n<CLASS>",
            "").Array[0, 5],
        Gen.Shuffle(Names, 0, Names.Length),
        (seed, count, memory, descriptions, names) =>
            Request(seed, count, memory.Select(item => (item.Item1, item.Item2, item.Item3)), descriptions, names));

    [Fact]
    public void Answers_with_templates_that_parse_are_new_and_name_no_class() => Requests.Sample(request =>
    {
        var candidates = Propose(request);
        var templates =
            candidates.Select(
                candidate => PromptTemplate.TryParse(candidate, request.ClassNames, out var template, out _) ? template : null).ToArray();
        var known = request.Memory.Select(item => PromptTemplate.Parse(item.Template).Identity);
        return candidates.Length == request.CandidateCount
            && templates.All(template => template is not null && template.Text.Length <= 160)
            && templates.Select(template => template!.Identity).Concat(known.Distinct()).Distinct()
                .Count() == templates.Length + known.Distinct().Count();
    });

    [Fact]
    public void Says_only_what_goes_together_whatever_the_memory_says() => Requests.Sample(request =>
    {
        var sense = new GoodSense(
            new DescriptionPhrases(request.Descriptions, ClassNames.Whole(request.ClassNames)), [.. request.ClassNames]);
        return Propose(request).All(candidate => sense.Mend(TemplateShape.Of(candidate)).ToString() == candidate);
    });

    [Fact]
    public void Writes_articles_and_commas_as_English_does() => Requests.Sample(
        request => Assert.DoesNotContain(Propose(request), BadGrammar().IsMatch));

    [Fact]
    public void Is_a_function_of_the_request() => Requests.Sample(request => Propose(request).SequenceEqual(Propose(request.Clone())));

    [Fact]
    public void Answers_otherwise_to_another_seed()
    {
        var answers = Enumerable.Range(0, 50)
            .Select(seed => string.Join('|', Propose(Request(seed, 8, [("a photo of a <CLASS>.", 0.5, 1)], [], []))));

        Assert.Equal(50, answers.Distinct().Count());
    }

    [Fact]
    public void Names_no_class_in_the_plural_either()
    {
        var words = Enumerable.Range(0, 40)
            .SelectMany(seed =>
                Propose(Request(seed, 64, [], ["a kind of birds", "with old toys"], ["Bird", "toy", "photos", "stained-glass windows"])));

        Assert.DoesNotContain(words, template => Forbidden().IsMatch(template));
    }

    [Fact]
    public void Says_so_when_no_word_is_left()
    {
        string[] all =
            [.. VisualVocabulary.Media, .. VisualVocabulary.Qualities, .. VisualVocabulary.Colours, .. VisualVocabulary.Categories,
                .. VisualVocabulary.Backgrounds, .. VisualVocabulary.Viewpoints, .. VisualVocabulary.Lightings, "in", "on", "seen", "at", "under", "against", "doors", "a", "the"];

        // Articles name no class, so what they can make of the class alone is known already.
        (string, double, double)[] known =
            [.. from article in (string[])["", "a ", "an ", "the "] from end in (string[])["", "."] select ($"{article}<CLASS>{end}", 0d, 0d)];
        var response = EvolveProposer.Answer(Request(1, 3, known, [], [.. all, "indoors", "outdoors"]));

        Assert.True(response.Failure?.Kind == V1.FailureKind.Empty, response.ToString());
    }

    [Fact]
    public void Speaks_more_of_what_the_descriptions_speak_of()
    {
        string[] descriptions =
            ["a chalk drawing on a blackboard, of a kind of bird", "a pale chalk drawing, a type of bird with long legs",
                "a chalk drawing with long legs"];
        var memory = new[] { ("a photo of a <CLASS>.", 0.5, 1.0) };
        var without = Enumerable.Range(0, 50).SelectMany(seed => Propose(Request(seed, 8, memory, [], []))).ToArray();
        var with = Enumerable.Range(0, 50).SelectMany(seed => Propose(Request(seed, 8, memory, descriptions, []))).ToArray();

        foreach (var word in new[] { "chalk drawing", "type of bird", "on a blackboard", "with long legs" })
            Assert.InRange(Count(with, word), Math.Max(10, 3 * Count(without, word)), 400);
    }

    [Fact]
    public void Breeds_from_the_best()
    {
        var memory = Enumerable.Range(0, 20)
            .Select(rank => ($"a photo of a <CLASS> with mark{(char)('a' + rank)}.", 0.3 + (0.02 * rank), 1.0)).ToArray();
        var children = Enumerable.Range(0, 100).SelectMany(seed => Propose(Request(seed, 8, memory, [], []))).ToArray();

        var best = Enumerable.Range(10, 10).Sum(rank => Count(children, $"mark{(char)('a' + rank)}"));
        var worst = Enumerable.Range(0, 10).Sum(rank => Count(children, $"mark{(char)('a' + rank)}"));
        Assert.True(best > 4 * worst, $"{best} children of the better half, {worst} of the worse.");
    }

    [Fact]
    public void Keeps_its_answers_from_version_to_version()
    {
        var request = Request(
            seed: 20261124,
            count: 24,
            [("a photo of a <CLASS>.", 0.41, 2.1), ("a chalk drawing of a <CLASS>.", 0.52, 1.7),
                ("a photo of a <CLASS>, a type of bird.", 0.5, 1.8)],
            ["a chalk drawing on a dark background, seen from the side, of a kind of bird",
                "a blurry sketch with thin white lines, a type of bird"],
            ["crane", "kite"]);

        var golden = Path.Combine(Shared.Repository, "tests/Ipo.Tests/PromptGen/evolve-4.txt");
        var answer = EvolveProposer.Answer(request).Answer + "\n";
        // New rules get a new EvolveProposer.Version and a new file.
        if (Environment.GetEnvironmentVariable("IPO_WRITE_GOLDENS") == "1") File.WriteAllText(golden, answer);
        Assert.Equal(File.ReadAllText(golden), answer);
    }

    private static int Count(IEnumerable<string> templates, string word) =>
        templates.Count(template => template.Contains(word, StringComparison.Ordinal));

    private static ProposeTemplatesRequest Request(
        long seed, int count, IEnumerable<(string, double, double)> memory, string[] descriptions, string[] names) => new()
        {
            Instruction = "Propose templates.",
            Seed = seed,
            CandidateCount = count,
            Memory = { memory.Select(item => new RememberedTemplate { Template = item.Item1, Accuracy = item.Item2, Loss = item.Item3 }) },
            Descriptions = { descriptions },
            ClassNames = { names },
        };

    private static string[] Propose(ProposeTemplatesRequest request) =>
        [.. Ins().Matches(EvolveProposer.Answer(request).Answer).Select(match => match.Groups[1].Value)];

    // "a old", "an chalk", an article left alone, a comma twice or after a blank, two blanks, a mark twice.
    [GeneratedRegex(@"\ba [aeiou]|\ban [^aeioux]|\b(?:a|an|the) (?:a|an|the|of|in|on)\b|,,|, ,| ,|  |[.!?]{2}|,[.!?]|,$")]
    private static partial Regex BadGrammar();

    [GeneratedRegex("<INS>(.*?)</INS>")]
    private static partial Regex Ins();

    [GeneratedRegex(@"\b(birds?|toys?|photos?|stained glass windows?)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Forbidden();
}
