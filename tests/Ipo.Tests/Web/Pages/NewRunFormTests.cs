using Google.Protobuf.WellKnownTypes;
using Ipo.V1;
using Ipo.Web.Pages;
using Xunit;

namespace Ipo.Tests.Web.Pages;

public sealed class NewRunFormTests
{
    [Fact]
    public void What_is_left_empty_is_the_presets()
    {
        var form = new NewRunForm { Dataset = "flowers", Preset = "robust" };
        Assert.Equal(new RunSettings { Dataset = "flowers", Preset = "robust" }, form.Settings());
    }

    [Fact]
    public void Numbers_go_into_the_settings_in_the_contracts_units()
    {
        var form = new NewRunForm { Dataset = "flowers", Preset = "robust", Descriptions = "no" };
        Write(form, "steps", "12");
        Write(form, "budget.cost_micro_usd", "0.5");
        Write(form, "budget.duration", "1.5");
        form.Choose("evolve", true);
        form.Choose("ipo@large/no-history", true);
        Assert.Equal(
            new RunSettings
            {
                Dataset = "flowers",
                Preset = "robust",
                Steps = 12,
                Descriptions = false,
                Budget = new() { CostMicroUsd = 500_000, Duration = Duration.FromTimeSpan(TimeSpan.FromSeconds(90)) },
                Proposers = { new ProposerChoice { Name = "evolve" }, new ProposerChoice { Name = "ipo", NamedModel = "large", HidesHistory = true } },
            },
            form.Settings());
    }

    [Theory]
    [InlineData("twelve")]
    [InlineData("1,5")]
    [InlineData("1e9")]
    [InlineData("99999999999")]
    public void What_is_no_number_is_said_and_not_sent(string text)
    {
        var form = new NewRunForm();
        var steps = Field("steps");
        form.Write(steps, text);
        Assert.StartsWith($"'{text}' is no number", form.Complaint(steps), StringComparison.Ordinal);
        Assert.True(form.HasComplaints);
        Assert.False(form.Settings().HasSteps);
    }

    [Fact]
    public void Half_a_step_is_said_and_not_rounded()
    {
        var form = new NewRunForm();
        form.Write(Field("steps"), "1.5");
        Assert.Equal("'1.5' is no whole number.", form.Complaint(Field("steps")));
        form.Write(Field("temperature"), "1.5");
        Assert.Null(form.Complaint(Field("temperature")));
    }

    // A run that is made from another must not lose a setting because the form has no field for it.
    [Fact]
    public void Every_setting_of_another_run_is_taken_over()
    {
        var settings = new RunSettings
        {
            Dataset = "flowers",
            Preset = "ipo-code",
            Seed = 7,
            Shots = 4,
            Classes = ClassSelection.Base,
            Steps = 9,
            CandidatesPerStep = 3,
            MemorySize = 11,
            Temperature = 0.25,
            Descriptions = true,
            Patience = 2,
            DescriptionTokens = 900,
            EnsembleSize = 3,
            ClassSentences = true,
            DescriptionLimit = 40,
            CoopShots = true,
            Proposers = { new ProposerChoice { Name = "gepa", HidesHistory = true } },
            Budget = new() { Calls = 5, Tokens = 1000, CostMicroUsd = 250_000, Duration = Duration.FromTimeSpan(TimeSpan.FromMinutes(3)) },
        };
        Assert.All(
            RunSettings.Descriptor.Fields.InFieldNumberOrder(),
            field => Assert.True(field.HasPresence ? field.Accessor.HasValue(settings) : field.Accessor.GetValue(settings) is not null, field.Name));
        var form = new NewRunForm();
        form.Read(settings);
        Assert.Equal(settings, form.Settings());
    }

    private static NumberField Field(string path) => NewRunForm.Numbers.Single(field => field.Path == path);

    private static void Write(NewRunForm form, string path, string text) => form.Write(Field(path), text);
}
