using Ipo.ClipScorer.Model.Cuda;
using Xunit;

namespace Ipo.Tests.ClipScorer.Model.Cuda;

public sealed class RecordingIdsTests
{
    private const int None = RecordingIds<string>.None;

    [Fact]
    public void A_shape_is_recorded_when_it_comes_again_and_keeps_its_id()
    {
        var ids = new RecordingIds<string>(8);
        Assert.Equal([None, None, 1, 2, 1, 2], ((string[])["a", "b", "a", "b", "a", "b"]).Select(ids.Of));
    }

    [Fact]
    public void No_more_shapes_are_recorded_than_there_may_be()
    {
        var ids = new RecordingIds<string>(1);
        Assert.Equal([None, 1, None, None, None, 1], ((string[])["a", "a", "b", "b", "b", "a"]).Select(ids.Of));
    }
}
