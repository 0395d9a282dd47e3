using Ipo.V1;

namespace Ipo.PromptGen;

/// <summary>What a request may hold.</summary>
internal static class ProposalLimits
{
    private const int LongestInstruction = 2_000_000;
    private const int MostRemembered = 1_000;
    private const int MostDescriptions = 100_000;
    private const int MostClassNames = 100_000;

    // As datasets, templates and captioners keep to them, with room: rules read every word of every text.
    private const int LongestText = 2_000;
    private const int MostDescriptionCharacters = 8_000_000;

    /// <summary>The first thing wrong: the field, what it holds and what it takes; null for a request that can be
    /// answered.</summary>
    /// <param name="request">The request.</param>
    /// <param name="asked">Who is to answer it: rules read no instruction, so they need none.</param>
    public static string? Fault(ProposeTemplatesRequest request, Proposer asked)
    {
        if (!asked.Embedded && string.IsNullOrWhiteSpace(request.Instruction))
            return "instruction is empty; it takes the whole text for the proposer.";
        if (request.Instruction.Length > LongestInstruction)
            return $"instruction has {request.Instruction.Length} characters; it takes at most {LongestInstruction}.";
        if (request.CandidateCount is < 1 or > 64) return $"candidate_count is {request.CandidateCount}; it takes 1 to 64.";
        if (request.HasTemperature && request.Temperature is not (>= 0 and <= 2))
            return $"temperature is {request.Temperature}; it takes 0 to 2.";
        if (request.HasMaxOutputTokens && request.MaxOutputTokens < 1)
            return $"max_output_tokens is {request.MaxOutputTokens}; it takes 1 or more.";
        if (request.Memory.Count > MostRemembered)
            return $"memory holds {request.Memory.Count} templates; it takes at most {MostRemembered}.";
        if (request.Descriptions.Count > MostDescriptions)
            return $"descriptions holds {request.Descriptions.Count} texts; it takes at most {MostDescriptions}.";
        if (request.ClassNames.Count > MostClassNames)
            return $"class_names holds {request.ClassNames.Count} names; it takes at most {MostClassNames}.";
        return TooLong("proposer", request.Proposer) ?? TooLong("named_model", request.NamedModel)
            ?? TooLong("call_id", request.CallId) ?? TooLong("kept_for", request.KeptFor)
            ?? request.Descriptions.Index().Select(text => TooLong($"descriptions[{text.Index}]", text.Item)).FirstOrDefault(IsFault)
            ?? request.ClassNames.Index().Select(name => TooLong($"class_names[{name.Index}]", name.Item)).FirstOrDefault(IsFault)
            ?? request.Memory.Select(Fault).FirstOrDefault(IsFault)
            ?? (request.Descriptions.Sum(text => (long)text.Length) is var characters and > MostDescriptionCharacters
                ? $"descriptions holds {characters} characters; it takes at most {MostDescriptionCharacters}."
                : null);
    }

    private static bool IsFault(string? fault) => fault is not null;

    private static string? TooLong(string field, string text) => text.Length <= LongestText ? null
        : $"{field} has {text.Length} characters; it takes at most {LongestText}.";

    private static string? Fault(RememberedTemplate remembered, int index)
    {
        if (TooLong($"memory[{index}].template", remembered.Template) is { } fault) return fault;
        if (remembered.Template.Split(TemplateShape.ClassToken).Length != 2)
            return $"memory[{index}].template must hold {TemplateShape.ClassToken} exactly once.";
        if (remembered.Accuracy is not (>= 0 and <= 1)) return $"memory[{index}].accuracy is {remembered.Accuracy}; it takes 0 to 1.";
        return double.IsFinite(remembered.Loss) && remembered.Loss >= 0 ? null
            : $"memory[{index}].loss is {remembered.Loss}; it takes 0 or more.";
    }
}
