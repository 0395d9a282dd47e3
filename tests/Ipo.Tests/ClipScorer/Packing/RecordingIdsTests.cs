using Ipo.ClipScorer.Packing;
using Xunit;

namespace Ipo.Tests.ClipScorer.Packing;

public sealed class RecordingIdsTests
{
    private const int None = RecordingIds.None;

    private static readonly PackedShape A = new(1, 1, 128), B = new(2, 1, 128), C = new(3, 1, 128);

    [Fact]
    public void A_shape_is_recorded_when_it_comes_again_and_keeps_its_id()
    {
        var ids = new RecordingIds(8);
        Assert.Equal([None, None, 1, 2, 1, 2], ((PackedShape[])[A, B, A, B, A, B]).Select(ids.Of));
    }

    [Fact]
    public void No_more_shapes_are_recorded_than_there_may_be()
    {
        var ids = new RecordingIds(1);
        Assert.Equal([None, 1, None, None, None, 1], ((PackedShape[])[A, A, B, B, B, A]).Select(ids.Of));
    }

    [Fact]
    public void A_recording_that_failed_is_never_used_nor_its_id()
    {
        var ids = new RecordingIds(8);
        Assert.Equal([None, 1], ((PackedShape[])[A, A]).Select(ids.Of));
        ids.Distrust(A);
        Assert.Equal([None, None, None, 2, None], ((PackedShape[])[A, A, C, C, A]).Select(ids.Of));
    }
}
