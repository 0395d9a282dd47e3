using Ipo.Optimization.Actions;
using Ipo.Optimization.Estimates;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Tests.Optimization.Facts;
using Ipo.Tests.Optimization.Loop.Fakes;
using Xunit;

namespace Ipo.Tests.Optimization.Descriptions;

public sealed class ChosenDescriptionsRunTests
{
    private static readonly RunSettings Settings =
        Presets.Get("robust", "animals") with { Steps = 3, DescriptionLimit = 4, Patience = 0, StopsWhenPerfect = false };

    [Fact]
    public void A_run_chooses_images_before_it_pays_and_descriptions_before_it_asks()
    {
        var host = Completed(Settings);
        string[] actions = [.. host.Actions.Select(action => action.GetType().Name)];
        Assert.Equal(
            [nameof(Prepare), nameof(EmbedImages), nameof(ScoreTemplates), nameof(ChooseImages), nameof(DescribeImages),
                nameof(ChooseDescriptions), nameof(Propose)],
            actions.Take(7));
        Assert.Equal([nameof(FindDuplicates), nameof(Complete), nameof(Nothing)], actions.TakeLast(3));
        Assert.Equal(4, host.Calls.Count(call => call.StartsWith("describe", StringComparison.Ordinal)));
        Assert.Equal(2, host.State.ImagesChosen!.Images.Take(2).Select(image => image[0]).Distinct().Count());
        Assert.Equal(host.State.ImagesChosen.Images, host.State.DescriptionsChosen!.Shown.Select(shown => shown.Image));
        Assert.Equal(1, host.State.Duplicates!.Images);
    }

    [Fact]
    public void Where_all_images_are_described_none_are_chosen()
    {
        var host = Completed(Settings with { DescriptionLimit = 6 });
        Assert.DoesNotContain(host.Actions, action => action is ChooseImages);
        Assert.Equal(6, host.State.DescriptionsChosen!.Shown.Count);
    }

    [Fact]
    public void The_instruction_shows_the_lines_and_the_proposer_gets_the_texts_behind_them()
    {
        var host = Completed(Settings, image => image[0] == 'a' ? "a red boat on a calm grey lake" : $"some {image} hill", _ => 0.3);
        var propose = host.Actions.OfType<Propose>().Last();
        Assert.Contains("(2 images alike) a red boat on a calm grey lake\n", propose.Instruction, StringComparison.Ordinal);
        Assert.Equal(2, propose.Descriptions.Count(text => text == "a red boat on a calm grey lake"));
        Assert.Equal(4, propose.Descriptions.Count);
    }

    [Fact]
    public void What_is_flagged_is_shown_nowhere_not_even_to_those_who_look_at_confusions()
    {
        var images = Enumerable.Range(0, 20).Select(i => new SearchImage($"i{i:00}", i % 2)).ToList();
        var host = new SimulatedHost(Settings with { DescriptionLimit = 20, Proposer = "reflect" })
        {
            Prepared = Events.Prepared with { SearchImages = images, Proposer = new("reflect", "words-1", true) },
            Description = image => image == "i00" ? "something out of place" : $"what {image} shows",
            Similarity = image => image == "i00" ? -0.5 : 0.2 + (image[2] - '0') / 100.0,
        };
        Assert.True(host.Run());
        Assert.Equal(["i00"], host.State.DescriptionsChosen!.Flagged.Select(flagged => flagged.Image));
        Assert.Contains(host.Instructions, instruction => instruction.Contains("what i02 shows", StringComparison.Ordinal));
        Assert.All(host.Instructions, instruction => Assert.DoesNotContain("out of place", instruction, StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_cut_anywhere_chooses_the_same()
    {
        var expected = Completed(Settings).State;
        for (var stop = 1; ; stop++)
        {
            var host = new SimulatedHost(Settings) { StopAfter = stop };
            if (host.Run()) break;
            host.StopAfter = null;
            Assert.True(host.Reopen(host.Journal).Run());
            Assert.Equal(Events.Trajectory(expected), Events.Trajectory(host.State));
            Assert.Single(host.Journal.OfType<ImagesChosen>());
            Assert.Single(host.Journal.OfType<DescriptionsChosen>());
            Assert.Single(host.Journal.OfType<DuplicatesFound>());
        }
    }

    [Fact]
    public void The_published_presets_show_every_description_as_it_is_and_look_for_nothing()
    {
        foreach (var preset in new[] { "ipo-paper", "ipo-code" })
        {
            var host = Completed(Presets.Get(preset, "animals") with { Steps = 2, DescriptionLimit = 4 }, _ => "the same words", _ => -1);
            Assert.DoesNotContain(host.Journal, happened => happened is ImagesChosen or DescriptionsChosen or DuplicatesFound);
            Assert.All(host.Instructions,
                instruction => Assert.Contains("Image 3: the same words\n", instruction, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_run_that_was_started_before_there_was_a_budget_goes_on_as_it_began()
    {
        var host = Completed(Settings with { DescriptionTokens = 0 });
        Assert.DoesNotContain(host.Journal, happened => happened is ImagesChosen or DescriptionsChosen);
        Assert.Equal(
            ["a0", "b0", "a1", "b1"], host.Calls.Where(call => call.StartsWith("describe", StringComparison.Ordinal))
                .Select(call => call[9..]).OrderBy(image => image[1]).ThenBy(image => image));
    }

    [Fact]
    public void A_token_budget_says_how_many_images_are_described()
    {
        Assert.Equal((5_000, 64), (Presets.Get("robust", "animals").DescriptionTokens, Presets.Get("robust", "animals").DescriptionLimit));
        var paper = Presets.Get("ipo-paper", "animals");
        Assert.Equal(
            (1_000, 12), (paper.WithDescriptionTokens(1_000).DescriptionTokens, paper.WithDescriptionTokens(1_000).DescriptionLimit));
        Assert.Equal(paper, paper.WithDescriptionTokens(0));
        Assert.Equal(0, Presets.Get("robust", "animals").WithDescriptionTokens(0).DescriptionTokens);
        Assert.Null(SettingsRules.FirstError(paper.WithDescriptionTokens(200)));
        Assert.Null(SettingsRules.FirstError(paper.WithDescriptionTokens(100_000)));
        Assert.All([-1, 199, 100_001],
            tokens => Assert.Equal(
                $"description_tokens is {tokens}; give 200 to 100000, or 0 to show every description as it is.",
                SettingsRules.FirstError(paper.WithDescriptionTokens(tokens))));
    }

    [Fact]
    public void Only_the_images_that_will_be_described_are_counted_before()
    {
        var images = Enumerable.Range(0, 8_000).Select(i => new SearchImage($"i{i}", i / 16)).ToList();
        var prepared = Events.Prepared with { SearchImages = images, ClassNames = [.. Enumerable.Range(0, 500).Select(i => $"class {i}")] };
        var estimate = RunEstimate.Of(Presets.Get("robust", "imagenet"), prepared, ProviderPrices.None);
        Assert.Equal((8_000, 64), (estimate.SearchImages, estimate.Descriptions));
        Assert.Equal(128, RunEstimate.Of(Presets.Get("robust", "imagenet").WithDescriptionTokens(10_000), prepared, ProviderPrices.None).Descriptions);
    }

    private static SimulatedHost Completed(
        RunSettings settings, Func<string, string>? description = null, Func<string, double>? similarity = null)
    {
        var host = new SimulatedHost(
            settings)
        { Description = description ?? (image => $"what {image} shows"), Similarity = similarity ?? (_ => 0.25) };
        Assert.True(host.Run());
        Assert.Equal((RunStatus.Completed, null), (host.State.Status, host.State.FailureReason));
        return host;
    }
}
