using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Settings;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.ClipScorer.Checkpoints;

public sealed class WeightsTests
{
    private const string Safetensors = "model.safetensors";
    private const string Pickle = "pytorch_model.bin";

    [Fact]
    public void Safetensors_are_taken_before_a_pickle()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny");
        File.WriteAllText(copy.File(Pickle), "a pickle that nobody opens");
        Assert.Equal([copy.File(Safetensors)], Weights.Open(copy.Path).Files);
        File.Delete(copy.File(Safetensors));
        Assert.Contains($"{copy.File(Pickle)} holds a damaged pickle", Assert.Throws<CheckpointException>(() => Weights.Open(copy.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_weights_says_which_are_read_and_what_it_holds()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny");
        File.Move(copy.File(Safetensors), copy.File("weights.safetensors"));
        Assert.Contains(
            "model.safetensors is missing, and so is pytorch_model.bin. The folder holds weights.safetensors, which is not read under that name. ",
            Assert.Throws<CheckpointException>(() => Weights.Open(copy.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "'weight_map' is nothing; expected an object of tensor to file")]
    [InlineData("""{"weight_map": ["a"]}""", "'weight_map' is [\"a\"]; expected an object of tensor to file")]
    [InlineData("""{"weight_map": {"a": 1}}""", "'weight_map' is {\"a\": 1}; expected an object of tensor to file")]
    public void An_index_that_is_none_is_refused(string index, string message)
    {
        using var folder = new TempFolder();
        folder.Write($"{Pickle}.index.json", index);
        Assert.Contains(message, Assert.Throws<CheckpointException>(() => Weights.Open(folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("module.")]
    [InlineData("model.")]
    [InlineData("_orig_mod.module.")]
    public void What_a_wrapper_puts_in_front_of_every_name_is_taken_off(string prefix)
    {
        using var copy = CheckpointCopy.Of("ipo-tiny");
        Rename(copy, name => prefix + name);
        using var model = EmbeddingModel.Load(copy.Path, new ModelOptions { Device = DeviceChoice.Cpu });
        Assert.InRange(model.Parity!.LargestError, 0, 1e-5);
    }

    [Fact]
    public void Another_prefix_is_named()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny");
        Rename(copy, name => $"teacher.{name}");
        Assert.Contains(
            "has no tensor 'logit_scale'; expected one of shape []. It has 'teacher.logit_scale': something wrapped the model when it was saved.",
            Assert.Throws<CheckpointException>(() => ClipCheckpoint.Open(copy.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_digest_covers_every_file_of_a_pickled_checkpoint()
    {
        using var folder = new TempFolder();
        var source = Shared.Path("data/goldens2/clip-bin-random/sharded");
        foreach (var file in Directory.EnumerateFiles(source)) folder.Write(Path.GetFileName(file), File.ReadAllBytes(file));
        var digests = new HashSet<string> { Digest() };
        foreach (var shard in Directory.EnumerateFiles(folder, "*.bin").ToList())
        {
            // A number of a tensor, which no check can tell from another.
            var bytes = File.ReadAllBytes(shard);
            var tensor = PyTorchFile.Read(shard).Values.First(tensor => tensor.Format == TensorFormat.F32 && tensor.Length > 100);
            bytes[tensor.Offset + 1] ^= 1;
            File.WriteAllBytes(shard, bytes);
            Assert.True(digests.Add(Digest()), shard);
        }
        Assert.Equal(4, digests.Count);

        string Digest() => CheckpointDigest.Compute(ClipCheckpoint.Open(folder).Files);
    }

    private static void Rename(CheckpointCopy copy, Func<string, string> rename) => SafetensorsRewrite.Header(copy.File(Safetensors), json =>
    {
        foreach (var (name, tensor) in json.Where(entry => entry.Key != "__metadata__").Select(entry => (entry.Key, entry.Value!.DeepClone())).ToList())
        {
            json.Remove(name);
            json[rename(name)] = tensor;
        }
    });
}
