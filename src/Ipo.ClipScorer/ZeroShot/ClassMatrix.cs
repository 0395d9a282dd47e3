namespace Ipo.ClipScorer.ZeroShot;

/// <summary>The embeddings of one template's prompts, or of a prompt set's, laid out for the product with images:
/// panels of 32 classes, and within a panel the 32 values of one dimension beside each other, so that a vector
/// register holds neighbouring classes.</summary>
internal sealed class ClassMatrix
{
    /// <summary>Classes in a panel: two AVX-512 registers, four AVX2 ones.</summary>
    public const int PanelWidth = 32;

    private readonly float[] _panels;

    private ClassMatrix(float[] panels, int count, int dimension, int promptTokens)
    {
        _panels = panels;
        Count = count;
        Dimension = dimension;
        PromptTokens = promptTokens;
    }

    /// <summary>Number of classes.</summary>
    public int Count { get; }

    /// <summary>Length of an embedding.</summary>
    public int Dimension { get; }

    /// <summary>Tokens of the longest prompt, summed over the templates of a prompt set; 0 where nobody said.</summary>
    public int PromptTokens { get; }

    /// <summary>Memory of the panels, in bytes.</summary>
    public long Bytes => (long)_panels.Length * sizeof(float);

    /// <summary>Lays out embeddings given row after row, [count, dimension].</summary>
    public static ClassMatrix Pack(ReadOnlySpan<float> embeddings, int count, int dimension, int promptTokens = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(embeddings.Length, checked(count * dimension));
        var panels = new float[checked((count + PanelWidth - 1) / PanelWidth * PanelWidth * dimension)];
        for (var c = 0; c < count; c++)
        {
            var panel = panels.AsSpan(c / PanelWidth * PanelWidth * dimension, PanelWidth * dimension);
            var row = embeddings.Slice(c * dimension, dimension);
            for (var d = 0; d < dimension; d++) panel[d * PanelWidth + c % PanelWidth] = row[d];
        }
        return new(panels, count, dimension, promptTokens);
    }

    /// <summary>The classifier of several templates: for each class the mean of its embeddings,
    /// L2-normalised again (Radford et al. 2021, section 3.1.4). Sums are in double and in the order
    /// given: equal bits on every run.</summary>
    /// <param name="templates">The embeddings of each template, of the same classes.</param>
    /// <param name="own">Embeddings of prompts that a class has alone.</param>
    /// <param name="ownTokens">Tokens of those, of the class that has most.</param>
    public static ClassMatrix Mean(IReadOnlyList<ClassMatrix> templates, ILookup<int, float[]> own, int ownTokens)
    {
        var (count, dimension) = (templates[0].Count, templates[0].Dimension);
        var (panels, sums) = (new float[templates[0]._panels.Length], new double[dimension]);
        for (var c = 0; c < count; c++)
        {
            var at = c / PanelWidth * PanelWidth * dimension + c % PanelWidth;
            Array.Clear(sums);
            foreach (var template in templates)
                for (var d = 0; d < dimension; d++) sums[d] += template._panels[at + d * PanelWidth];
            foreach (var embedding in own[c])
                for (var d = 0; d < dimension; d++) sums[d] += embedding[d];
            var squares = 0.0;
            foreach (var sum in sums) squares += sum * sum;
            // The mean's own factor cancels in the normalisation.
            var scale = 1 / Math.Sqrt(squares);
            for (var d = 0; d < dimension; d++) panels[at + d * PanelWidth] = (float)(sums[d] * scale);
        }
        return new(panels, count, dimension, templates.Sum(template => template.PromptTokens) + ownTokens);
    }

    /// <summary>One panel, [dimension, 32]; the last one is filled up with zeros.</summary>
    public ReadOnlySpan<float> Panel(int panel) => _panels.AsSpan(panel * PanelWidth * Dimension, PanelWidth * Dimension);
}
