using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Model;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Report;
using Ipo.Orchestrator.Reports.Text;
using Ipo.PromptGen;
using Ipo.Tests.ClipScorer.Checkpoints;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Reports;

/// <summary>Reports say what is embedded by what it is, and not by what it is called.</summary>
public sealed class CaveatTests : OrchestratorTest
{
    private protected override async Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny");
        await Lab.RegisterAsync("tiny");
    }

    [Fact]
    public async Task The_embedded_checkpoint_is_told_in_a_folder_of_any_name()
    {
        using var renamed = CheckpointCopy.Of("ipo-tiny");
        using (var model = EmbeddingModel.LoadTowers(renamed.Path, ExecutionDevice.Cpu(1)))
            Fakes.Scorer.Model = new(Fakes.Scorer.Model) { Name = model.Facts.Name, Digest = model.Facts.Digest };
        Assert.NotEqual("ipo-tiny", Fakes.Scorer.Model.Name);

        Assert.Contains(
            $"The checkpoint {Fakes.Scorer.Model.Name} is a small demonstration and not OpenAI's CLIP: its accuracies say nothing "
                + "of a real CLIP checkpoint's.",
            await NotesAsync());
    }

    [Fact]
    public async Task Embedded_providers_are_told_under_any_name_and_others_are_not()
    {
        (Fakes.PromptGen.Proposer.Name, Fakes.Captioner.Facts.Captioner.Name) = ("breed", "phrases");
        var notes = await NotesAsync();
        Assert.Contains("Templates came from seeded rules (the proposer breed); no language model took part.", notes);
        Assert.Contains("Descriptions are fixed phrases, chosen by similarity (the captioner phrases); no multimodal model took part.", notes);

        (Fakes.PromptGen.Proposer.Embedded, Fakes.Captioner.Facts.Captioner.Embedded) = (false, false);
        (Fakes.PromptGen.Proposer.Name, Fakes.Captioner.Facts.Captioner.Name) = ("ipo", "attributes");
        Assert.DoesNotContain(await NotesAsync(), note => note.Contains("model took part", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_embedded_proposer_says_that_it_is_and_gets_a_note()
    {
        await using var service = new InProcessService<Proposers>(); // without an endpoint it has embedded ones alone
        var embedded = (await new V1.PromptGenService.PromptGenServiceClient(service.Channel)
            .ListProposersAsync(new(), cancellationToken: Cancellation)).Proposers;

        Assert.Equal(Proposers.Rules.Count, embedded.Count);
        Assert.All(embedded, proposer =>
        {
            Assert.True(proposer.Embedded, proposer.Name);
            var facts = new ProviderFacts(proposer.Name, proposer.Model, proposer.Paid) { Embedded = proposer.Embedded };
            Assert.Contains(
                $"he proposer {proposer.Name}",
                CaveatSentences.Of(Assert.Single(Caveats.OfProposers([facts]))), StringComparison.Ordinal);
        });
    }

    // Journals from before it was kept do not say who is embedded.
    [Theory]
    [InlineData("evolve", true)]
    [InlineData("evolve/no-history", true)]
    [InlineData("ipo", false)]
    public void In_older_journals_the_name_tells(string name, bool embedded) =>
        Assert.Equal(
            embedded,
            Caveats.OfProposers([new(name, "", false)]).Contains(new RulesPropose("evolve", OnlyRules: true)));

    private async Task<IEnumerable<string>> NotesAsync()
    {
        var run = await Lab.CreateAsync(new() { Dataset = "tiny", Preset = "ipo-paper", Steps = 1, CandidatesPerStep = 2 });
        await Lab.EndAsync(run.RunId);
        return (await Client.Reports.GetRunReportAsync(new() { RunId = run.RunId }, cancellationToken: Cancellation)).Report.Caveats
            .Select(caveat => caveat.Message);
    }
}
