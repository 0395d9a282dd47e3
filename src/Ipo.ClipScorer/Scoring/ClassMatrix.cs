namespace Ipo.ClipScorer.Scoring;

/// <summary>The embeddings of one template's prompts, laid out for the product with images: panels of 32 classes, and within a
/// panel the 32 values of one dimension beside each other, so that a vector register holds neighbouring classes.</summary>
internal sealed class ClassMatrix
{
    /// <summary>Classes in a panel: two AVX-512 registers, four AVX2 ones.</summary>
    public const int PanelWidth = 32;

    private readonly float[] _panels;

    private ClassMatrix(float[] panels, int count, int dimension)
    {
        _panels = panels;
        Count = count;
        Dimension = dimension;
    }

    /// <summary>Number of classes.</summary>
    public int Count { get; }

    /// <summary>Length of an embedding.</summary>
    public int Dimension { get; }

    /// <summary>Number of panels; the last one is filled up with zeros.</summary>
    public int Panels => (Count + PanelWidth - 1) / PanelWidth;

    /// <summary>Memory of the panels, in bytes.</summary>
    public long Bytes => (long)_panels.Length * sizeof(float);

    /// <summary>Lays out embeddings given row after row, [count, dimension].</summary>
    public static ClassMatrix Pack(ReadOnlySpan<float> embeddings, int count, int dimension)
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
        return new(panels, count, dimension);
    }

    /// <summary>One panel, [dimension, 32].</summary>
    public ReadOnlySpan<float> Panel(int panel) => _panels.AsSpan(panel * PanelWidth * Dimension, PanelWidth * Dimension);
}
