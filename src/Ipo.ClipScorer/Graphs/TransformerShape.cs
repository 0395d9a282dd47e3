namespace Ipo.ClipScorer.Graphs;

/// <summary>The activation between a block's two linear layers.</summary>
internal enum Activation
{
    /// <summary>x · σ(1.702 x), OpenAI's.</summary>
    QuickGelu,

    /// <summary>The exact GELU, LAION's.</summary>
    Gelu,

    /// <summary>The GELU with a hyperbolic tangent in the error function's place, SigLIP's.</summary>
    GeluTanh,
}

/// <summary>The shape of one transformer.</summary>
/// <param name="Width">Length of one token's vector.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="Hidden">Length of the vector between a block's two linear layers.</param>
/// <param name="Activation">What stands between them.</param>
/// <param name="Epsilon">Added to the variance in layer normalisation.</param>
internal sealed record TransformerShape(int Width, int Layers, int Heads, int Hidden, Activation Activation, float Epsilon)
{
    /// <summary>Length of one head's vectors.</summary>
    public int HeadWidth => Width / Heads;
}
