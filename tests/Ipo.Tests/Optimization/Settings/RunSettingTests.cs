using Ipo.Optimization.Settings;
using Xunit;

namespace Ipo.Tests.Optimization.Settings;

public sealed class RunSettingTests
{
    private static RunSetting Of(string field) => RunSettings.Table.Single(setting => setting.Field == field);

    [Theory]
    [InlineData("seed", "--seed", "Seed of everything random", "a whole number", 1L)]
    [InlineData("shots", "--shots", "Search images", "1 or more images per class, or 0 for all", 1)]
    [InlineData("steps", "--steps", "Number of steps", "1 to 10000", 100)]
    [InlineData("candidates_per_step", "--candidates", "Candidates asked for in each step", "1 to 64", 5)]
    [InlineData("memory_size", "--memory", "Templates kept in memory and shown to the proposer", "0 to 1000 templates", 20)]
    [InlineData("temperature", "--temperature", "Sampling temperature for language models", "0 to 2", 1.0)]
    [InlineData("descriptions", "--descriptions", "Describe the images and show the descriptions to the proposer", "", true)]
    [InlineData("description_tokens", "--description-tokens",
        "Tokens that descriptions may take in an instruction: images and descriptions are then chosen to cover the classes, repetitions merged, "
            + "misfits left out", "200 to 100000, or 0 to show every description as it is", 0)]
    [InlineData("patience", "--patience", "Steps without a better template after which the search stops",
        "1 to 10000 steps, or 0 to never stop for want of progress", 0)]
    [InlineData("ensemble_size", "--ensemble", "Most templates of an ensemble that may win; with 1 single templates alone win", "1 to 16 templates", 1)]
    [InlineData("class_sentences", "--class-sentences",
        "Let sentences of single classes, made from their images' descriptions, win together with the templates", "", false)]
    [InlineData("description_limit", "--description-limit", "Most images described, chosen evenly over the classes", "1 to 10000 descriptions", 128)]
    [InlineData("coop_shots", "--coop-shots",
        "Search on the images that CoOp drew for these shots and this seed: split_fewshot/shot_K-seed_S.pkl in the dataset's folder", "", false)]
    public void A_setting_says_what_it_does_takes_and_is_by_itself(string field, string option, string words, string takes, object usual)
    {
        Assert.Equal((option, words, takes), (Of(field).Option, Of(field).Words, Of(field).Takes));
        Assert.Equal(usual, Of(field).Get(new() { Dataset = "d", Preset = "none" }));
    }

    [Theory]
    [InlineData("steps", 1, null)]
    [InlineData("steps", 10_000, null)]
    [InlineData("steps", 0, "steps is 0; give 1 to 10000.")]
    [InlineData("steps", 10_001, "steps is 10001; give 1 to 10000.")]
    [InlineData("memory_size", 0, null)]
    [InlineData("memory_size", 1001, "memory_size is 1001; give 0 to 1000 templates.")]
    [InlineData("patience", 0, null)]
    [InlineData("patience", -1, "patience is -1; give 1 to 10000 steps, or 0 to never stop for want of progress.")]
    [InlineData("description_tokens", 199, "description_tokens is 199; give 200 to 100000, or 0 to show every description as it is.")]
    [InlineData("description_tokens", 100_001, "description_tokens is 100001; give 200 to 100000, or 0 to show every description as it is.")]
    [InlineData("description_tokens", 100_000, null)]
    [InlineData("ensemble_size", 17, "ensemble_size is 17; give 1 to 16 templates.")]
    [InlineData("ensemble_size", 16, null)]
    public void A_value_out_of_its_range_is_named(string field, int value, string? error) =>
        Assert.Equal(error, Of(field).FirstError(Of(field).With(Presets.Get(Presets.Robust, "d"), value)));

    [Fact]
    public void What_is_not_as_usual_is_told()
    {
        Assert.Equal("Do not describe the images", Of("descriptions").WordsOff);
        Assert.Equal(("ensembles of up to 2", ""), (Of("ensemble_size").Tell(2), Of("ensemble_size").Tell(1)));
        Assert.Equal(("sentences of classes", ""), (Of("class_sentences").Tell(true), Of("class_sentences").Tell(false)));
        Assert.Equal(("search images from CoOp's list", ""), (Of("coop_shots").Tell(true), Of("coop_shots").Tell(false)));
        Assert.Equal(("", ""), (Of("steps").Tell(7), Of("steps").WordsOff));
        Assert.Equal(1, Of("ensemble_size").Get(Presets.Get(Presets.Robust, "d") with { EnsembleSize = null }));
        Assert.Equal(3, Of("ensemble_size").Get(Presets.Get(Presets.Robust, "d") with { EnsembleSize = 3 }));
        Assert.Equal((int?[])[null, 2], [.. ((int[])[1, 2]).Select(size =>
            Of("ensemble_size").With(Presets.Get(Presets.Robust, "d"), size).EnsembleSize)]);
    }
}
