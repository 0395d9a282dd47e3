namespace Ipo.ClipScorer.Packing;

/// <summary>Which runs of a card are recorded: those of a shape that comes again, because recording costs
/// more than it saves once; and of no more shapes than there may be, because ONNX Runtime keeps a
/// recording as long as its session.</summary>
/// <param name="most">Most shapes with a recording.</param>
internal sealed class RecordingIds(int most)
{
    /// <summary>The id of a run that is neither recorded nor replayed, as ONNX Runtime has it.</summary>
    public const int None = -1;

    private readonly HashSet<PackedShape> _seen = [];
    private readonly Dictionary<PackedShape, int> _ids = [];

    /// <summary>The id of a run's recording, from 1; or <see cref="None"/>.</summary>
    public int Of(PackedShape shape)
    {
        if (_ids.TryGetValue(shape, out var id)) return id;
        if (_ids.Count == most || _seen.Add(shape)) return None;
        return _ids[shape] = _ids.Count + 1;
    }

    /// <summary>Never again has a run of this shape a recording, because what
    /// is recorded may be a part of it.</summary>
    public void Distrust(PackedShape shape) => _ids[shape] = None;
}
