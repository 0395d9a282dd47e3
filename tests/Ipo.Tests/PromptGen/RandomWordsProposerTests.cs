using System.Text.RegularExpressions;
using CsCheck;
using Ipo.Optimization.Templates;
using Ipo.PromptGen;
using Ipo.Providers;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.PromptGen;

public sealed partial class RandomWordsProposerTests
{
    private static readonly string[] Names = ["crane", "hope", "seldom", "work"];

    private static readonly Gen<ProposeTemplatesRequest> Requests = Gen.Select(
        Gen.Long,
        Gen.Int[1, 64],
        Gen.OneOf<string>(
            "a photo of a <CLASS>.", "<CLASS>", "a blurry photo of the <CLASS>, a type of bird.",
            "Take a picture showing <CLASS> clearly, on a wall").Array[0, 20],
        Gen.Shuffle(Names, 0, Names.Length),
        Request);

    [Fact]
    public void Answers_with_templates_that_parse_are_new_and_name_no_class() => Requests.Sample(request =>
    {
        var candidates = Propose(request);
        var templates =
            candidates.Select(
                candidate => PromptTemplate.TryParse(candidate, request.ClassNames, out var template, out _) ? template : null).ToArray();
        var known = request.Memory.Select(item => PromptTemplate.Parse(item.Template).Identity).ToHashSet();
        return candidates.Length == request.CandidateCount
            && templates.All(template => template is not null && !known.Contains(template.Identity))
            && templates.Select(template => template!.Identity).Distinct().Count() == templates.Length;
    });

    [Fact]
    public void Is_a_function_of_the_request() => Requests.Sample(request => Propose(request).SequenceEqual(Propose(request.Clone())));

    [Fact]
    public void Changes_nothing_but_one_to_six_words_of_its_list() => Requests.Sample(request =>
    {
        var words = NeutralWords.All.ToHashSet(StringComparer.Ordinal);
        string[] parents = request.Memory.Count > 0 ? [.. request.Memory.Select(item => item.Template)] : ["a photo of a <CLASS>."];
        return Propose(request).All(child =>
        {
            var kept = child.Split(' ').Where(word => !words.Contains(word)).ToArray();
            return child.Split(' ').Length - kept.Length is >= 1 and <= 6 && parents.Contains(string.Join(' ', kept));
        });
    });

    [Fact]
    public void Stays_short_however_often_it_varies_its_own()
    {
        var template = "a photo of a <CLASS>.";
        for (var step = 0; step < 200; step++)
        {
            template = Propose(Request(step, 1, [template], []))[0];
            Assert.InRange(template.Split(' ').Length, 6, 11);
        }
    }

    [Fact]
    public void Draws_on_no_word_that_says_how_a_picture_looks_or_what_it_shows()
    {
        var visual = ((IReadOnlyList<string>[])[
                VisualVocabulary.Media, VisualVocabulary.Qualities, VisualVocabulary.Colours, VisualVocabulary.Lightings,
                VisualVocabulary.Backgrounds, VisualVocabulary.Viewpoints, VisualVocabulary.Categories])
            .SelectMany(words => words).SelectMany(words => words.Split(' ', '-')).ToHashSet(StringComparer.OrdinalIgnoreCase);

        Assert.Empty(NeutralWords.All.Intersect(visual));
        Assert.Equal(NeutralWords.All.Count, NeutralWords.All.Distinct().Count());
        Assert.InRange(NeutralWords.All.Count, 200, 400);
    }

    [Fact]
    public void Says_so_when_no_word_is_left()
    {
        var response = RandomWordsProposer.Answer(Request(1, 3, ["a <CLASS>"], [.. NeutralWords.All]));

        Assert.Equal(V1.FailureKind.Empty, response.Failure?.Kind);
        Assert.StartsWith("random-words knows no template", response.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_its_answers_from_version_to_version()
    {
        var golden = Path.Combine(Shared.Repository, "tests/Ipo.Tests/PromptGen/random-words-1.txt");
        var answer = RandomWordsProposer.Answer(
            Request(20261125, 12, ["a photo of a <CLASS>.", "a chalk drawing of a <CLASS>, a type of bird."], ["crane"])).Answer + "\n";
        // New rules get a new RandomWordsProposer.Version and a new file.
        if (Environment.GetEnvironmentVariable("IPO_WRITE_GOLDENS") == "1") File.WriteAllText(golden, answer);
        Assert.Equal(File.ReadAllText(golden), answer);
    }

    private static ProposeTemplatesRequest Request(long seed, int count, string[] memory, string[] names) => new()
    {
        Instruction = "Propose templates.",
        Seed = seed,
        CandidateCount = count,
        Memory = { memory.Select((template, at) => new RememberedTemplate { Template = template, Accuracy = at / 20.0, Loss = 1 }) },
        ClassNames = { names },
    };

    private static string[] Propose(ProposeTemplatesRequest request) =>
        [.. Ins().Matches(RandomWordsProposer.Answer(request).Answer).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("<INS>(.*?)</INS>")]
    private static partial Regex Ins();
}
