namespace Ipo.ClipScorer.Model.Cuda;

/// <summary>Which runs of a card are recorded: those of a shape that comes again, because recording costs more than it saves once; and of
/// no more shapes than a card is to keep recordings for.</summary>
/// <param name="most">Most shapes with a recording.</param>
internal sealed class RecordingIds<TShape>(int most) where TShape : notnull
{
    /// <summary>The id of a run that is neither recorded nor replayed, as ONNX Runtime has it.</summary>
    public const int None = -1;

    private readonly HashSet<TShape> _seen = [];
    private readonly Dictionary<TShape, int> _ids = [];

    /// <summary>The id of a run's recording, from 1; or <see cref="None"/>.</summary>
    public int Of(TShape shape)
    {
        if (_ids.TryGetValue(shape, out var id)) return id;
        if (_ids.Count == most || _seen.Add(shape)) return None;
        return _ids[shape] = _ids.Count + 1;
    }
}
