using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Settings;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.ClipScorer.Families.Clip;

/// <summary>pytorch_model.bin in every way in which torch.save lays it out, against transformers' CLIP.</summary>
public sealed class PickledParityTests
{
    private const string Goldens = "data/goldens2/clip-bin-random";

    [Theory]
    [InlineData("zip", "")]
    [InlineData("legacy", "")]
    [InlineData("sharded", "")]
    [InlineData("tied", "")]
    [InlineData("fp16", "fp16")]
    [InlineData("fp16-extra-records", "fp16")]
    [InlineData("bf16", "bf16")]
    public void A_pickled_checkpoint_gives_what_transformers_gives(string folder, string expected)
    {
        var path = Shared.Path($"{Goldens}/{folder}");
        using var model = EmbeddingModel.Load(path, new ModelOptions { Device = DeviceChoice.Cpu });
        ReferenceOutputs.Of(Shared.Path(Path.Combine(Goldens, expected, "expected.json"))).Hold(folder, model, ClipConfig.Load(path), Weights.Open(path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Numbers_may_stand_at_any_byte(int more)
    {
        using var folder = new TempFolder();
        var source = Shared.Path($"{Goldens}/legacy");
        folder.Write("config.json", File.ReadAllBytes(Path.Combine(source, "config.json")));
        // One more entry about the machine that wrote the file, six bytes and a name long.
        var file = File.ReadAllBytes(Path.Combine(source, "pytorch_model.bin"));
        var at = file.AsSpan().IndexOf("X\u0010\0\0\0protocol_version"u8);
        folder.Write("pytorch_model.bin", [.. file[..at], (byte)'X', (byte)(more + 2), 0, 0, 0, .. "machine"u8[..(more + 2)], 0x88, .. file[at..]]);
        var weights = Weights.Open(folder);
        Assert.Equal(more, weights.Require("text_model.final_layer_norm.weight", 32).Offset % 4);
        using var model = EmbeddingModel.Load(folder, new ModelOptions { Device = DeviceChoice.Cpu });
        ReferenceOutputs.Of(Shared.Path($"{Goldens}/expected.json")).Hold($"{more} bytes on", model, ClipConfig.Load(folder), weights);
    }
}
