using CsCheck;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Tests.Optimization.Facts;
using Xunit;

namespace Ipo.Tests.Optimization.Descriptions;

public sealed class DescriptionChoiceTests
{
    private static readonly RunSettings Settings = Presets.Get("robust", "animals");

    [Fact]
    public void Near_repetitions_are_one_line_that_says_how_many_images_it_stands_for()
    {
        var run = Described(
            Settings, ("a red boat on a calm grey lake", 0), ("a calm grey lake, a red boat", 0), ("a green hill", 1),
            ("A red boat on the calm, grey lake at dusk.", 1));
        var chosen = Choose(run);
        Assert.Equal(["i0: i1 i3", "i2: "], chosen.Shown.Select(shown => $"{shown.Image}: {string.Join(' ', shown.Alike)}"));
        Assert.Empty(chosen.Flagged);
        var shown = ShownDescriptions.Of(run.Apply(chosen));
        Assert.Equal(["(3 images alike) a red boat on a calm grey lake", "a green hill"], shown.Lines);
        Assert.Equal(
            ["a red boat on a calm grey lake", "a calm grey lake, a red boat", "A red boat on the calm, grey lake at dusk.",
                "a green hill"], shown.Texts);
    }

    // Four of five words in common are enough, three of four are not.
    [Theory]
    [InlineData("red boat calm lake", "red boat calm lake dusk", 1)]
    [InlineData("red boat calm", "red boat calm dusk", 2)]
    public void The_limit_of_a_repetition_is_four_fifths(string one, string other, int lines) =>
        Assert.Equal(lines, Choose(Described(Settings, (one, 0), (other, 0))).Shown.Count);

    [Fact]
    public void A_description_much_less_like_its_image_than_its_peers_is_flagged_and_not_shown()
    {
        var run = Described(Settings, [.. Enumerable.Range(0, 10).Select(i => ($"thing number{i} colour{i}", i % 2))]);
        var chosen = DescriptionChoice.Of(
            run, run.Prepared!.SearchImages, [0.30, 0.31, 0.29, 0.30, 0.32, 0.05, 0.28, 0.31, 0.33, 0.9], Events.At);
        var flagged = Assert.Single(chosen.Flagged);
        Assert.Equal(("i5", DescriptionFlag.DoesNotFit, 0.05, null), (flagged.Image, flagged.Flag, flagged.Similarity, flagged.ClassName));
        Assert.True(flagged.Score < -3.5);
        Assert.Equal(9, chosen.Shown.Count);
        Assert.DoesNotContain("thing number5 colour5", ShownDescriptions.Of(run.Apply(chosen)).Texts);
    }

    [Fact]
    public void A_description_that_names_a_class_is_flagged_whether_base_or_novel_and_not_shown()
    {
        var chosen = Choose(
            Described(Settings, ("a grey heron in reeds", 0), ("some reeds", 0), ("a Wild  Cat at night", 1), ("a herony thing", 1)));
        Assert.Equal([("i0", "heron"), ("i2", "wild cat")], chosen.Flagged.Select(flagged => (flagged.Image, flagged.ClassName!)));
        Assert.All(chosen.Flagged, flagged => Assert.Equal(DescriptionFlag.NamesAClass, flagged.Flag));
        Assert.Equal(["i1", "i3"], chosen.Shown.Select(shown => shown.Image).Order());
    }

    [Fact]
    public void The_lines_never_take_more_than_the_budget_cover_every_class_that_can_be_and_are_all_shown_where_they_fit()
    {
        var words = Gen.OneOf(
            "red", "blue", "calm", "boat", "hill", "sky", "a very long word that goes on and on and on and on", "night", "fog").Array[1,
            12];
        Gen.Select(Gen.Select(words, Gen.Int[0, 1]).Array[1, 30], Gen.Int[200, 600]).Sample((descriptions, tokens) =>
        {
            var run = Described(
                Settings with { DescriptionTokens = tokens }, [.. descriptions.Select(one => (string.Join(' ', one.Item1), one.Item2))]);
            var chosen = Choose(run);
            var shown = ShownDescriptions.Of(run.Apply(chosen));
            Assert.InRange(shown.Tokens, 0, tokens);
            var images = chosen.Shown.SelectMany(one => one.Alike.Prepend(one.Image)).ToList();
            Assert.Equal(images.Count, images.Distinct().Count());
            Assert.Equal(
                run.Prepared!.SearchImages.Select(image => image.Label).Distinct().Count(),
                run.Prepared.SearchImages.Where(image => images.Contains(image.Sha256)).Select(image => image.Label).Distinct().Count());
            var all = Choose(
                Described(Settings with { DescriptionTokens = 100_000 },
                    [.. descriptions.Select(one => (string.Join(' ', one.Item1), one.Item2))]));
            Assert.Equal(descriptions.Length, all.Shown.Sum(one => one.Alike.Count + 1));
            Assert.Equal(chosen.Shown.Count, chosen.Shown.Intersect(all.Shown, ByImage).Count());
        }, iter: 300);
    }

    [Fact]
    public void The_longest_description_fits_into_the_least_budget() =>
        Assert.Single(
            Choose(Described(Settings with { DescriptionTokens = 200 }, (new string('x', 5_000), 0), (new string('y', 5_000), 1))).Shown);

    [Fact]
    public void A_full_instruction_of_robust_holds_its_budget_beside_the_rest()
    {
        var run = Described(
            Settings, [.. Enumerable.Range(0, 200)
                .Select(i => (string.Concat(Enumerable.Range(0, 38).Select(word => $"w{i}x{word} ")), i % 2))]);
        var shown = ShownDescriptions.Of(run.Apply(Choose(run)));
        Assert.InRange(shown.Tokens, 4_800, 5_000);
    }

    private static readonly EqualityComparer<ShownDescription> ByImage =
        EqualityComparer<ShownDescription>.Create((a, b) => a!.Image == b!.Image, one => one.Image.GetHashCode(StringComparison.Ordinal));

    private static DescriptionsChosen Choose(RunState run) =>
        DescriptionChoice.Of(run, run.Prepared!.SearchImages, [.. run.Prepared.SearchImages.Select(_ => 0.3)], Events.At);

    private static RunState Described(RunSettings settings, params (string Text, int Label)[] descriptions)
    {
        var prepared = Events.Prepared with { SearchImages = [.. descriptions.Select((one, i) => new SearchImage($"i{i}", one.Label))] };
        return RunState.Fold(
        [
            new RunCreated(Events.At, "run-1", settings), prepared,
            .. descriptions.Select((one, i) => new DescriptionReceived(Events.At, $"i{i}", one.Text, false, CallUsage.None, "eyes-1")),
        ]);
    }
}
