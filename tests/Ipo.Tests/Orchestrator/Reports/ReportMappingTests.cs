using Ipo.Optimization.Benchmarks;
using Ipo.Optimization.Estimates;
using Ipo.Optimization.Explanations;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Proof;
using Ipo.Optimization.Report;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Statistics;
using Ipo.Orchestrator.Reports.Text;
using Ipo.Orchestrator.Runs;
using Xunit;

namespace Ipo.Tests.Orchestrator.Reports;

/// <summary>What a report says in closed sets, the contract says by the same names.</summary>
public sealed class ReportMappingTests
{
    public static TheoryData<Type, Type> ClosedSets => new()
    {
        { typeof(SelectionRule), typeof(V1.SelectionRule) },
        { typeof(VerdictGround), typeof(V1.VerdictGround) },
        { typeof(Judgement), typeof(V1.Judgement) },
        { typeof(VariationKind), typeof(V1.VariationKind) },
        { typeof(DescriptionFlag), typeof(V1.DescriptionFlag) },
        { typeof(DifferenceMeasure), typeof(V1.DifferenceMeasure) },
    };

    private static IReadOnlyList<Caveat> EveryCaveat { get; } =
    [
        new DemonstrationCheckpoint("tiny"),
        new RulesPropose("evolve", OnlyRules: true),
        new RandomWordsPropose(),
        new ProposerWithoutHistory(ProposerName.Parse("evolve/no-history")),
        new PhrasesDescribe("attributes"),
        new ClassNamesTakenOut(1, 2),
        new DescriptionsLeftOut(1),
        new SplitsShareImages(1),
        new NothingBeatBaseline(HeldOut: true), new NothingWasScored(new(1, [], [], null)),
        new BestDidNotHoldUp("a <CLASS>."),
        new WinnerIsFlattered(HeldOut: true),
        new NovelClassesWithoutSentences(),
        new BudgetEndedSearch(1, 2),
        new FewSteps(new TooFewSteps(1)),
        new EarlierLooks(1),
        new JournalWentBack(9, 4),
        new FewerShots(1, 2, "rose", 1),
        new UnreadableImages([new("rose/1.jpg", "it is cut off")]),
        new HandWrittenUnscorable("a <CLASS>."),
        new TemplatesRepaired([new("a’s <CLASS>.", "a's <CLASS>.")]),
        new DatasetWarning("it is small."),
    ];

    [Theory]
    [MemberData(nameof(ClosedSets))]
    public void A_closed_set_has_the_same_names_in_the_contract(Type ours, Type contracts) =>
        Assert.Equal(Enum.GetNames(ours).Order(), Enum.GetNames(contracts).Where(name => name != "Unspecified").Order());

    [Fact]
    public void Every_caveat_has_a_kind_in_the_contract_and_a_sentence_of_its_own()
    {
        var types = typeof(Caveat).Assembly.GetTypes().Where(type => type.BaseType == typeof(Caveat)).Select(type => type.Name).Order();
        Assert.Equal(types, EveryCaveat.Select(caveat => caveat.GetType().Name).Order());
        Assert.Equal(types, Enum.GetNames<V1.CaveatKind>().Where(name => name != "Unspecified").Order());
        Assert.All(EveryCaveat, caveat => Assert.EndsWith(".", CaveatSentences.Of(caveat), StringComparison.Ordinal));
        Assert.Distinct(EveryCaveat.Select(CaveatSentences.Of));
    }

    [Fact]
    public void Every_ground_of_a_verdict_has_a_sentence_of_its_own() =>
        Assert.Distinct(Enum.GetValues<VerdictGround>().Select(OutcomeSentences.Of));
}
