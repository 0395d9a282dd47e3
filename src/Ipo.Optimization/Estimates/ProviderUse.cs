using Ipo.Optimization.Actions;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Instructions.Strategies;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;
using Ipo.Optimization.Text;

namespace Ipo.Optimization.Estimates;

/// <summary>What a run takes of one provider at most.</summary>
/// <param name="Provider">Which.</param>
/// <param name="Role">What it does.</param>
/// <param name="Price">The price of its model; null where none is known.</param>
/// <param name="Calls">Calls to it.</param>
/// <param name="InputTokens">Tokens that it reads; rules and ranked phrases read none.</param>
/// <param name="OutputTokens">Tokens that it writes.</param>
internal sealed record ProviderUse(
    ProviderFacts Provider, ProviderRole Role, TokenPrice? Price, long Calls, long InputTokens, long OutputTokens)
{
    private const string TypicalTemplate = "a sharp and well-lit photo of a <CLASS>, seen from the side.";

    private static readonly string TypicalDescription =
        string.Concat(Enumerable.Repeat("a bright picture of one thing ", TokenCount.UsualCharacters / 30));

    /// <summary>Calls that may cost money.</summary>
    public long PaidCalls => Provider.Paid ? Calls : 0;

    /// <summary>What they cost in millionths of a US dollar; null where a paid model has no price.</summary>
    public decimal? Cost => PaidCalls == 0 ? 0 : Price is null ? null : InputTokens * Price.Input + OutputTokens * Price.Output;

    /// <summary>What is taken of the captioner; null without one.</summary>
    public static ProviderUse? OfCaptioner(RunPrepared prepared, int descriptions, ProviderPrices prices)
    {
        if (prepared.Captioner is not { } captioner) return null;
        var answered = captioner.Paid ? descriptions : 0; // ranked phrases are no tokens
        return new(
            captioner, ProviderRole.Captioner, prices.Captioner, descriptions, answered * prices.TokensPerImage,
            answered * TokenCount.Of(TypicalDescription));
    }

    /// <summary>What is taken of each proposer.</summary>
    public static IReadOnlyList<ProviderUse> OfProposers(
        RunSettings settings, RunPrepared prepared, int descriptions, ProviderPrices prices) =>
        [.. prepared.Proposers.Select((proposer, turn) => OfProposer(settings, prepared, turn, descriptions, prices.Of(proposer)))];

    private static ProviderUse OfProposer(RunSettings settings, RunPrepared prepared, int turn, int descriptions, TokenPrice? price)
    {
        var (proposer, many) = (prepared.Proposers[turn], prepared.Proposers.Count);
        var calls = Dealt((long)settings.Steps * settings.CallsPerStep, turn, many);
        if (proposer.IsEmbedded) return new(proposer, ProviderRole.Proposer, price, calls, 0, 0);

        var shown = ShownDescriptions.Verbatim([.. Enumerable.Repeat(TypicalDescription, descriptions)]);
        var instructions = new Dictionary<long, long>(); // tokens by templates known: most steps know as many as are shown
        var input = 0L;
        for (var step = 0L; step < settings.Steps; step++)
        {
            var own = Dealt((step + 1) * settings.CallsPerStep, turn, many) - Dealt(step * settings.CallsPerStep, turn, many);
            if (own == 0) continue;
            var known = Math.Min(1 + step * settings.CandidatesPerStep(), settings.MemorySize);
            if (!instructions.TryGetValue(known, out var tokens))
            {
                ScoredPrompt[] scored = [.. Enumerable.Range(0, (int)known).Select(Typical)];
                tokens = TokenCount.Of(StrategyList.Ask(proposer, scored, shown, [], settings).Instruction);
                instructions.Add(known, tokens);
            }
            input += own * tokens;
        }
        var answer = settings.CandidatesPerCall * TokenCount.Of($"<INS>{TypicalTemplate}</INS>\n");
        return new(proposer, ProviderRole.Proposer, price, calls, input, calls * answer);
    }

    // Calls are dealt in turn, so the first proposers may have one more.
    private static long Dealt(long calls, int turn, int many) => (calls - turn + many - 1) / many;

    // Numbers with as many digits as measured ones, no two templates alike.
    private static ScoredPrompt Typical(int rank) => new(PromptTemplate.Parse(TypicalTemplate), 2 / 3.0, 1 / (1.3 + rank), 1);
}
