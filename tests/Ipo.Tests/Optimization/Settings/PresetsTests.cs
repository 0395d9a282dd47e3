using Ipo.Optimization.Settings;
using Xunit;

namespace Ipo.Tests.Optimization.Settings;

public sealed class PresetsTests
{
    // paper.md, section 1.
    [Fact]
    public void Ipo_paper_is_the_camera_ready_text() =>
        Assert.Equal(
            new RunSettings
            {
                Dataset = "pets",
                Preset = "ipo-paper",
                Seed = 1,
                Shots = 1,
                Classes = ClassSelection.Base,
                Steps = 100,
                CallsPerStep = 1,
                CandidatesPerCall = 5,
                MemorySize = 20,
                BaselineStaysInMemory = true,
                ShownAboveAccuracy = 0,
                Temperature = 1,
                Proposer = "",
                Descriptions = true,
                DescriptionLimit = 128,
                Order = InstructionOrder.Paper,
                Budget = new Budget(null, null, null, null),
            },
            Presets.Get("ipo-paper", "pets"));

    [Fact]
    public void Ipo_code_is_the_published_code() =>
        Assert.Equal(
            Presets.Get("ipo-paper", "pets") with
            {
                Preset = "ipo-code",
                CallsPerStep = 8,
                CandidatesPerCall = 1,
                MemorySize = 30,
                BaselineStaysInMemory = false,
                ShownAboveAccuracy = 0.2,
                Order = InstructionOrder.Code,
            },
            Presets.Get("ipo-code", "pets"));

    // 5,000 tokens hold 64 descriptions of the usual length.
    [Fact]
    public void Robust_takes_16_shots_50_steps_of_eight_candidates_and_64_descriptions() =>
        Assert.Equal(
            new RunSettings
            {
                Dataset = "pets",
                Preset = "robust",
                Seed = 1,
                Shots = 16,
                Classes = ClassSelection.All,
                Steps = 50,
                CallsPerStep = 1,
                CandidatesPerCall = 8,
                MemorySize = 20,
                BaselineStaysInMemory = true,
                ShownAboveAccuracy = 0,
                Temperature = 1,
                Proposer = "",
                Descriptions = true,
                DescriptionLimit = 64,
                Order = InstructionOrder.Paper,
                Budget = new Budget(null, null, null, null),
                WinnerRule = WinnerRule.HeldOut,
                Finalists = 8,
                Patience = 15,
                StopsWhenPerfect = true,
                Explains = true,
                DropsIdleWords = true,
                EnsembleSize = null,
                ClassSentences = false,
                DescriptionTokens = 5_000,
            },
            Presets.Get("robust", "pets"));

    [Fact]
    public void Every_preset_has_a_name_and_no_error()
    {
        Assert.Equal(["robust", "ipo-paper", "ipo-code"], Presets.Names);
        Assert.All(Presets.Names, name =>
        {
            Assert.Equal(name, Presets.Get(name, "pets").Preset);
            Assert.Null(SettingsRules.FirstError(Presets.Get(name, "pets")));
        });
    }

    [Fact]
    public void An_unknown_preset_is_answered_with_those_there_are()
    {
        var thrown = Assert.Throws<ArgumentException>(() => Presets.Get("best", "pets"));
        Assert.StartsWith(
            "There is no preset 'best'; choose one of: robust, ipo-paper, ipo-code.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_candidates_are_asked_for_in_the_presets_own_way()
    {
        var paper = Presets.Get("ipo-paper", "pets").WithCandidatesPerStep(3);
        Assert.Equal((1, 3), (paper.CallsPerStep, paper.CandidatesPerCall));
        var code = Presets.Get("ipo-code", "pets").WithCandidatesPerStep(3);
        Assert.Equal((3, 1), (code.CallsPerStep, code.CandidatesPerCall));
    }

    [Fact]
    public void Robust_chooses_on_held_out_images_stops_in_time_and_explains()
    {
        var robust = Presets.Get("robust", "pets");
        Assert.Equal(
            (WinnerRule.HeldOut, 8, 15, true, true),
            (robust.WinnerRule, robust.Finalists, robust.Patience, robust.StopsWhenPerfect, robust.Explains));
        Assert.All(["ipo-paper", "ipo-code"], name =>
        {
            var published = Presets.Get(name, "pets");
            Assert.Equal(
                (WinnerRule.SearchImages, 0, 0, false, false),
                (published.WinnerRule, published.Finalists, published.Patience, published.StopsWhenPerfect, published.Explains));
        });
    }

    [Theory]
    [InlineData("robust", 1, true)]
    [InlineData("robust", 16, true)]
    [InlineData("ipo-paper", 1, true)]
    [InlineData("ipo-paper", 16, false)]
    [InlineData("ipo-paper", 0, false)]
    [InlineData("ipo-code", 1, true)]
    [InlineData("ipo-code", 16, true)]
    public void Descriptions_follow_the_shots_in_the_paper_and_are_always_shown_by_the_code(string preset, int shots, bool described)
    {
        var settings = Presets.Get(preset, "pets").WithShots(shots);
        Assert.Equal((shots, described), (settings.Shots, settings.Descriptions));
    }

    public static TheoryData<RunSettings, string> Wrong()
    {
        var good = Presets.Get("ipo-paper", "pets");
        return new()
        {
            { good with { Shots = -1 }, "shots is -1; give 1 or more images per class, or 0 for all." },
            { good with { Steps = 0 }, "steps is 0; give 1 to 10000." },
            { good with { Steps = 10_001 }, "steps is 10001; give 1 to 10000." },
            { good with { CandidatesPerCall = 0 }, "candidates_per_step is 0; give 1 to 64." },
            { good with { CallsPerStep = 0 }, "candidates_per_step is 0; give 1 to 64." },
            { good with { CandidatesPerCall = 65 }, "candidates_per_step is 65; give 1 to 64." },
            { good with { CallsPerStep = 13, CandidatesPerCall = 5 }, "candidates_per_step is 65; give 1 to 64." },
            { good with { CallsPerStep = -2, CandidatesPerCall = -3 }, "candidates_per_step is -3; give 1 to 64." },
            { good with { CallsPerStep = 3, CandidatesPerCall = 1431655766 }, "candidates_per_step is 2147483647; give 1 to 64." },
            { good with { MemorySize = -1 }, "memory_size is -1; give 0 to 1000 templates." },
            { good with { MemorySize = 1001 }, "memory_size is 1001; give 0 to 1000 templates." },
            { good with { ShownAboveAccuracy = 1.5 }, "shown_above_accuracy is 1.5; give 0 to 1." },
            { good with { ShownAboveAccuracy = -0.5 }, "shown_above_accuracy is -0.5; give 0 to 1." },
            { good with { ShownAboveAccuracy = double.NaN }, "shown_above_accuracy is NaN; give 0 to 1." },
            { good with { Patience = -1 }, "patience is -1; give 1 to 10000 steps, or 0 to never stop for want of progress." },
            { good with { Patience = 10_001 }, "patience is 10001; give 1 to 10000 steps, or 0 to never stop for want of progress." },
            { good with { Temperature = -0.1 }, "temperature is -0.1; give 0 to 2." },
            { good with { Temperature = 2.1 }, "temperature is 2.1; give 0 to 2." },
            { good with { Temperature = double.NaN }, "temperature is NaN; give 0 to 2." },
            { good with { DescriptionLimit = 0 }, "description_limit is 0; give 1 to 10000 descriptions." },
            { good with { DescriptionLimit = 10_001 }, "description_limit is 10001; give 1 to 10000 descriptions." },
            { Presets.Get("robust", "pets") with { EnsembleSize = 0 }, "ensemble_size is 0; give 1 to 16 templates." },
            { Presets.Get("robust", "pets") with { EnsembleSize = 17 }, "ensemble_size is 17; give 1 to 16 templates." },
            { good with { EnsembleSize = 2 },
                "ensemble_size is 2 with the preset ipo-paper, which has no selection images; an ensemble is grown on "
                    + "these: use the preset robust, or leave it out." },
            { good with { ClassSentences = true },
                "class_sentences is set with the preset ipo-paper, which has no selection images to choose them by: "
                    + "use the preset robust, or leave it out." },
            { Presets.Get("robust", "pets") with { ClassSentences = true, Descriptions = false },
                "class_sentences is set without descriptions, which sentences are made from: describe the images, or leave it out." },
            { good with { Budget = new(Calls: 0) }, "budget.calls is 0; give 1 or more, or leave it out for no limit." },
            { good with { Budget = new(Tokens: 0) }, "budget.tokens is 0; give 1 or more, or leave it out for no limit." },
            { good with { Budget = new(CostMicroUsd: 0) }, "budget.cost_micro_usd is 0; give 1 or more, or leave it out for no limit." },
            { good with { Budget = new(Duration: TimeSpan.Zero) },
                "budget.duration is 00:00:00; give more than zero, or leave it out for no limit." },
        };
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Names_the_setting_that_no_run_can_have(RunSettings settings, string message) =>
        Assert.Equal(message, SettingsRules.FirstError(settings));

    [Fact]
    public void Takes_every_setting_at_its_ends()
    {
        var good = Presets.Get("ipo-paper", "pets");
        RunSettings[] ends =
        [
            good with { Shots = 0 }, good with { Steps = 1 }, good with { Steps = 10_000 }, good with { CandidatesPerCall = 1 },
            good with { CallsPerStep = 8, CandidatesPerCall = 8 }, good with { MemorySize = 0 }, good with { MemorySize = 1000 },
            good with { ShownAboveAccuracy = 1 }, good with { Temperature = 0 }, good with { Temperature = 2 },
            good with { DescriptionLimit = 1 }, good with { DescriptionLimit = 10_000 },
            good with { Budget = new(1, 1, 1, TimeSpan.FromTicks(1)) },
            good with { EnsembleSize = 1 }, Presets.Get("robust", "pets") with { EnsembleSize = 16, ClassSentences = true },
        ];
        Assert.All(ends, settings => Assert.Null(SettingsRules.FirstError(settings)));
    }
}
