namespace Ipo.ClipScorer.Towers;

/// <summary>The text tower. Thread-safe.</summary>
internal interface ITextTower : IDisposable
{
    /// <summary>Rows that a text of so many tokens takes in the tower, by which its work is counted.</summary>
    int RowsOf(int tokens);

    /// <summary>Encodes texts that begin with the same ids.</summary>
    /// <param name="prefix">The ids they begin with; may be empty.</param>
    /// <param name="suffixes">The ids behind them, of any lengths above zero; each is read at its last one.</param>
    /// <param name="features">Receives [texts, dimension], projected, not normalised, in the
    /// order of <paramref name="suffixes"/>.</param>
    /// <param name="cancellation">Stops the work at once, on a card after the run under way.</param>
    void Encode(ReadOnlySpan<int> prefix, IReadOnlyList<int[]> suffixes, Span<float> features, CancellationToken cancellation);
}
