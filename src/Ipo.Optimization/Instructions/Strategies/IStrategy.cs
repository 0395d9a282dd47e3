namespace Ipo.Optimization.Instructions.Strategies;

/// <summary>A way to ask a language model for templates: what it is shown of the past and of the images, and in which
/// words.</summary>
public interface IStrategy
{
    /// <summary>The name that people give as the proposer.</summary>
    string Name { get; }

    /// <summary>Whether it shows descriptions of the images: where nobody looks at any, none are bought.</summary>
    bool SeesImages { get; }

    /// <summary>Whether it shows which classes the best template confuses; a run then looks for them before it
    /// asks.</summary>
    bool NeedsConfusions => false;

    /// <summary>Writes what the language model is sent.</summary>
    ProposerRequest Write(StepFacts facts);
}
