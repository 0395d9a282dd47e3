using Ipo.ClipScorer.Checkpoints;
using Xunit;

namespace Ipo.Tests.ClipScorer.Checkpoints;

public sealed class CheckpointNameTests
{
    [Theory]
    [InlineData("models/ipo-tiny", "ipo-tiny")]
    [InlineData("models/ipo-tiny/", "ipo-tiny")]
    [InlineData("hub/models--openai--clip-vit-base-patch16/snapshots/57c216476eefef5ab752ec549e440a49ae4ae5f3", "openai/clip-vit-base-patch16")]
    [InlineData("hub/models--openai--clip-vit-base-patch16/snapshots/57c216476eefef5ab752ec549e440a49ae4ae5f3/", "openai/clip-vit-base-patch16")]
    [InlineData("hub/models--gpt2/snapshots/main", "gpt2")]
    [InlineData("hub/models--openai--clip/other/main", "main")]
    [InlineData("training/snapshots/epoch-3", "epoch-3")]
    public void A_checkpoint_is_called_as_its_folder_and_in_a_hub_s_cache_as_its_model(string folder, string name) =>
        Assert.Equal(name, CheckpointName.Of(Path.Combine(Path.GetTempPath(), folder)));
}
