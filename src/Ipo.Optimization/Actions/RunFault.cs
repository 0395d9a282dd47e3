namespace Ipo.Optimization.Actions;

/// <summary>Why a run cannot go on by itself. The host knows the words for it, and where what is wrong is
/// configured.</summary>
public abstract record RunFault;

/// <summary>The scorer refused the baseline: a class name is too long for the checkpoint.</summary>
public sealed record BaselineUnscorable : RunFault;

/// <summary>The captioner failed too often, or asking again cannot help.</summary>
/// <param name="Captioner">Its name.</param>
/// <param name="Failures">Failures at the call.</param>
/// <param name="Message">What the last one said.</param>
public sealed record CaptionerFailed(string Captioner, int Failures, string Message) : RunFault;

/// <summary>The captioner would describe none of the images.</summary>
/// <param name="Captioner">Its name.</param>
/// <param name="Message">What it said of the last one.</param>
public sealed record NothingDescribed(string Captioner, string Message) : RunFault;

/// <summary>A proposer failed too often, or asking again cannot help.</summary>
/// <param name="Proposer">Its name.</param>
/// <param name="Failures">Failures at the call.</param>
/// <param name="Step">The step.</param>
/// <param name="Message">What the last one said.</param>
public sealed record ProposerFailed(string Proposer, int Failures, int Step, string Message) : RunFault;

/// <summary>A paid answer stated no tokens, so a budget in tokens cannot be kept.</summary>
/// <param name="Provider">Whose answer.</param>
/// <param name="Tokens">The budget.</param>
public sealed record TokensUnreported(ProviderRole Provider, long Tokens) : RunFault;

/// <summary>A paid answer had no cost, so a budget in money cannot be kept.</summary>
/// <param name="Provider">Whose answer.</param>
/// <param name="CostMicroUsd">The budget in millionths of a US dollar.</param>
/// <param name="NamedModel">The name that the configuration gives a proposer's model; empty for the default one.</param>
public sealed record AnswerUnpriced(ProviderRole Provider, long CostMicroUsd, string NamedModel = "") : RunFault;

/// <summary>What a provider does for a run.</summary>
public enum ProviderRole
{
    /// <summary>It proposes templates.</summary>
    Proposer,

    /// <summary>It describes images.</summary>
    Captioner,
}
