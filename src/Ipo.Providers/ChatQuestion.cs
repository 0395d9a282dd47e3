using Ipo.V1;

namespace Ipo.Providers;

/// <summary>One question to a language or multimodal model.</summary>
/// <param name="Text">What is asked.</param>
/// <param name="Jpeg">The JPEG file it is about; empty where there is none.</param>
/// <param name="Temperature">Sampling temperature, 0 to 2; null leaves the model's own default.</param>
/// <param name="MaxOutputTokens">Longest answer in tokens; null leaves the configured limit.</param>
/// <param name="Seed">Seed of the sampling; null sends none.</param>
public sealed record ChatQuestion(
    string Text,
    ReadOnlyMemory<byte> Jpeg = default,
    double? Temperature = null,
    int? MaxOutputTokens = null,
    long? Seed = null);

/// <summary>What became of a question: a text or a failure, and in either case what it cost.</summary>
/// <param name="Text">The answer as it came; null where there is a failure.</param>
/// <param name="Failure">Why there is no answer; null where there is one.</param>
/// <param name="Usage">What the call consumed; a failed call may have been paid for too.</param>
/// <param name="Model">The model as the answer states it, empty where it states none; the asked one where no answer
/// came.</param>
public sealed record ChatReply(string? Text, ProviderFailure? Failure, Usage Usage, string Model);
