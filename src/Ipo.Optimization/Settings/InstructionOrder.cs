namespace Ipo.Optimization.Settings;

/// <summary>Order of the instruction's sections (paper.md, section 2). Names are stored in journals.</summary>
public enum InstructionOrder
{
    /// <summary>Role, descriptions, how to read the history, history, request: the paper's Figure 2.</summary>
    Paper,

    /// <summary>Role, how to read the history, descriptions, history, request: the published code.</summary>
    Code,
}
