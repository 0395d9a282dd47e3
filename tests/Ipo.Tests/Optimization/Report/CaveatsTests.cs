using Ipo.Optimization.Estimates;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Report;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;
using Ipo.Tests.Optimization.Facts;
using Ipo.Tests.Optimization.Loop.Fakes;
using Xunit;

namespace Ipo.Tests.Optimization.Report;

public sealed class CaveatsTests
{
    private static readonly RunSettings Settings = Presets.Get("robust", "animals") with { Steps = 1, Shots = 4, DescriptionLimit = 4 };

    [Fact]
    public void A_run_tells_what_its_reader_must_know_in_a_fixed_order()
    {
        var host = RunReportTests.Completed(new(Settings)
        {
            Prepared = Events.Prepared with
            {
                Parts = [DatasetPart.Search, DatasetPart.Validation, DatasetPart.TestBase],
                Model = Events.Prepared.Model with { Name = "ipo-tiny" },
                Captioner = Events.Prepared.Captioner! with { Embedded = true },
            },
            EarlierLooks = 2,
            Repaired = template => template == PromptTemplate.Baseline.Text ? [new(template, "a photo")] : null,
            Scorer = (template, _) => template == Events.Prepared.HandWrittenTemplate ? null : SimulatedHost.Score(template),
        });
        UnreadableImage cut = new("x.png", "it is cut off");
        var dataset = RunReportTests.Dataset with { Warnings = ["one image is empty."], Unreadable = [cut] };
        var caveats = RunReport.Of(host.State, dataset).Caveats;

        Assert.Equal(
            [
                nameof(DemonstrationCheckpoint), nameof(PhrasesDescribe), nameof(SplitsShareImages), nameof(TemplatesRepaired),
                nameof(FewSteps), nameof(EarlierLooks),
                nameof(FewerShots), nameof(UnreadableImages), nameof(HandWrittenUnscorable), nameof(DatasetWarning),
            ],
            caveats.Select(caveat => caveat.GetType().Name)
                .Except([nameof(WinnerIsFlattered), nameof(BestDidNotHoldUp), nameof(NothingBeatBaseline)]));
        Assert.Contains(new FewSteps(new TooFewSteps(1)), caveats);
        Assert.Contains(new EarlierLooks(2), caveats);
        Assert.Equal(new RepairedTemplate(PromptTemplate.Baseline.Text, "a photo"), Assert.Single(Assert.Single(caveats.OfType<TemplatesRepaired>()).Templates));
        Assert.Contains(new FewerShots(2, 4, "heron", 3), caveats);
        Assert.Contains(new HandWrittenUnscorable(Events.Prepared.HandWrittenTemplate!), caveats);
        Assert.Equal([cut], Assert.Single(caveats.OfType<UnreadableImages>()).Images);
    }

    [Fact]
    public void The_result_has_one_caveat_by_what_chose_it()
    {
        Caveat Of(RunSettings settings, Func<string, DatasetPart?, (double, double)?> scorer) =>
            Assert.Single(RunReport.Of(
                RunReportTests.Completed(new(settings)
                {
                    Prepared = Events.Prepared with { Parts = [DatasetPart.Search, DatasetPart.Validation] },
                    Scorer = scorer,
                }).State,
                RunReportTests.Dataset).Caveats, caveat => caveat is WinnerIsFlattered or BestDidNotHoldUp or NothingBeatBaseline);

        static double Other(string template, double baseline, double others) =>
            template == PromptTemplate.Baseline.Text ? baseline : others;
        var published = Events.Settings;
        Assert.Equal(new WinnerIsFlattered(HeldOut: false), Of(published, (template, _) => (Other(template, 0.5, 0.9), 1)));
        Assert.Equal(new NothingBeatBaseline(HeldOut: false), Of(published, (template, _) => (Other(template, 0.9, 0.5), 1)));
        Assert.Equal(
            new WinnerIsFlattered(HeldOut: true), Of(Settings, (template, _) => (Other(template, 0.1, 0.9), Other(template, 2, 1))));
        Assert.Equal(
            new NothingBeatBaseline(HeldOut: true), Of(Settings, (template, _) => (Other(template, 0.9, 0.1), Other(template, 1, 2))));
        Assert.IsType<BestDidNotHoldUp>(Of(Settings, (template, part) => part is null or DatasetPart.Search
            ? (Other(template, 0.1, 0.9), Other(template, 2, 1))
            : (Other(template, 0.9, 0.1), Other(template, 1, 2))));
    }

    [Fact]
    public void Proposers_tell_what_they_are()
    {
        ProviderFacts Rules(string name) => new(name, "rules 1", Paid: false) { Embedded = true };
        ProviderFacts model = new("ipo", "gpt", Paid: true) { Embedded = false };
        Assert.Empty(Caveats.OfProposers([model]));
        Assert.Equal([new RulesPropose("evolve", OnlyRules: true)], Caveats.OfProposers([Rules("evolve")]));
        Assert.Equal(
            [
                new RulesPropose("evolve", OnlyRules: false), new RandomWordsPropose(),
                new ProposerWithoutHistory(new ProposerName("evolve", SeesHistory: false)),
            ],
            Caveats.OfProposers([Rules("evolve"), Rules("evolve/no-history"), Rules("random-words"), model]));
    }
}
