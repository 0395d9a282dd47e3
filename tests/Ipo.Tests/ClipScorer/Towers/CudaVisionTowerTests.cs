using CsCheck;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Graphs;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Towers;
using Ipo.Tests.ClipScorer.Families.Clip;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace Ipo.Tests.ClipScorer.Towers;

/// <summary>The card's vision tower, run on the CPU: bytes in have to give what normalised pixels in give.</summary>
public sealed class CudaVisionTowerTests
{
    private static readonly string Tiny = Path.Combine(Shared.Repository, "models", "ipo-tiny");

    private static readonly ClipConfig OfNoRoundShape = new(
        32, new(new(64, 2, 8, 100, Activation.QuickGelu, 1e-5f), 100, 77, 99), new(new(40, 3, 5, 80, Activation.Gelu, 1e-6f), 31, 7));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bytes_give_what_their_pixels_give(bool half) => Compare(Tiny, PreprocessorConfig.Load(Tiny, ClipPixels.Default(64)).Settings, half);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void In_a_shape_that_nothing_divides_too(bool half)
    {
        using var checkpoint = new RandomCheckpoint(OfNoRoundShape, seed: 12);
        Compare(checkpoint.Path, ClipPixels.Default(31), half);
        // Neither CLIP's scale nor its mean: the checkpoint's own settings count.
        Compare(checkpoint.Path, new(SquareResize.Crop(ResizeFilter.Bicubic, 31, 31), 1.0 / 127, [0.5f, 1.5f, 0.25f], [0.5f, 0.75f, 2]), half);
    }

    [Fact]
    public void In_fp32_it_gives_what_the_CPU_s_tower_gives_to_the_bit()
    {
        var (config, settings) = (ClipConfig.Load(Tiny), PreprocessorConfig.Load(Tiny, ClipPixels.Default(64)).Settings);
        var weights = Weights.Open(Tiny);
        using var plain = new VisionTower(VisionGraph.Build(config, weights), weights, ExecutionDevice.Cpu(2), Shape(config), new(settings, new()));
        using var card = Card(Tiny, settings, half: false);
        using var theirs = plain.NewBlock(30);
        using var own = card.NewBlock(30);
        var images = Random(30, 64);
        Assert.Equal(Encode(theirs, images, 30, 256), Encode(own, images, 30, 256));
    }

    [Fact]
    public void An_image_is_equal_to_the_bit_in_batches_of_every_size_in_every_order()
    {
        using var card = Card(Tiny, PreprocessorConfig.Load(Tiny, ClipPixels.Default(64)).Settings, half: false, rowsPerRun: 20 * 65); // so the larger ones take two runs
        using var block = card.NewBlock(33);
        var images = Random(33, 64);
        var alone = images.Chunk(3 * 64 * 64).SelectMany(image => Encode(block, image, 1, 256)).ToArray();
        Gen.Shuffle((int[])[1, 2, 3, 5, 8, 13, 21, 32, 33]).Sample(sizes =>
        {
            foreach (var size in sizes)
            {
                // The last images and the first ones stay in the block from batch to batch, and must not be seen.
                var last = images[^(size * 3 * 64 * 64)..];
                Assert.Equal(alone[^(size * 256)..], Encode(block, last, size, 256));
            }
        }, iter: 4, threads: 1);
    }

    [Fact]
    public async Task Blocks_side_by_side_keep_apart()
    {
        using var card = Card(Tiny, PreprocessorConfig.Load(Tiny, ClipPixels.Default(64)).Settings, half: true);
        var images = Random(24, 64);
        var halves = new[] { images[..(12 * 3 * 64 * 64)], images[(12 * 3 * 64 * 64)..] };
        using var one = card.NewBlock(12);
        using var other = card.NewBlock(12);
        var alone = Array.ConvertAll(halves, half => Encode(one, half, 12, 256));
        var ct = TestContext.Current.CancellationToken;
        for (var round = 0; round < 10; round++)
        {
            var first = Task.Run(() => Encode(one, halves[0], 12, 256), ct);
            var second = Task.Run(() => Encode(other, halves[1], 12, 256), ct);
            Assert.Equal(alone, await Task.WhenAll(first, second));
        }
    }

    private static void Compare(string folder, PixelSettings settings, bool half)
    {
        const int count = 9;
        var config = ClipConfig.Load(folder);
        using var card = Card(folder, settings, half);
        using var block = card.NewBlock(count);
        var images = Random(count, config.Vision.ImageSize);
        var found = Encode(block, images, count, config.EmbeddingDimension);
        var expected = FromPixels(config, folder, settings, images, count, half);
        var largest = expected.Zip(found, (a, b) => Math.Abs((double)a - b)).Max();
        var precision = half ? "fp16" : "fp32";
        TestContext.Current.TestOutputHelper?.WriteLine($"{Path.GetFileName(folder)}, {precision}: bytes and pixels differ by {largest:G3} at most.");
        Assert.All(found, value => Assert.True(float.IsFinite(value)));
        Assert.Contains(found, value => value != 0);
        Assert.Equal(expected, found);
    }

    // The same tower on pixels that the host has normalised, and rounded where it is an fp16 graph: a cast in the graph would be left out,
    // because the CPU computes in fp32 behind it.
    private static float[] FromPixels(ClipConfig config, string folder, PixelSettings settings, byte[] images, int count, bool half)
    {
        var (weights, size) = (Weights.Open(folder), config.Vision.ImageSize);
        var (pixels, features) = (new float[images.Length], new float[count * config.EmbeddingDimension]);
        new ImagePreprocessor(settings, new()).Normalise(images, pixels);
        var graph = new GraphBuilder("pixels", weights, half);
        VisionGraph.AddTower(graph, config, graph.Input(VisionTower.Pixels, graph.Float, "B", 3, size, size));
        using var tower = new GraphSession(graph.Build(), ExecutionDevice.Cpu(1), weights);
        long[] shape = [count, 3, size, size];
        using var source = half
            ? OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(pixels, Rounded), shape)
            : OrtValue.CreateTensorValueFromMemory(pixels, shape);
        using var result = OrtValue.CreateTensorValueFromMemory(features, [count, config.EmbeddingDimension]);
        tower.Run([VisionTower.Pixels], [source], VisionTower.Features, result, TestContext.Current.CancellationToken);
        return features;
    }

    private static Float16 Rounded(float value) => new(BitConverter.HalfToUInt16Bits((Half)value));

    private static CudaVisionTower Card(string folder, PixelSettings settings, bool half, int rowsPerRun = 32_768)
    {
        var (config, weights) = (ClipConfig.Load(folder), Weights.Open(folder));
        var device = ExecutionDevice.Cpu(1) with { IsHalf = half, UsesGpuTowers = true, RowsPerRun = rowsPerRun };
        return new(VisionGraph.BuildOnBytes(config, weights, settings, half), weights, device, Shape(config));
    }

    private static ImageShape Shape(ClipConfig config) => new(config.Vision.ImageSize, config.Vision.Tokens, config.EmbeddingDimension);

    private static float[] Encode(IImageBlock block, byte[] images, int count, int dimension)
    {
        images.CopyTo(block.Images);
        var features = new float[count * dimension];
        block.Encode(count, features, TestContext.Current.CancellationToken);
        return features;
    }

    private static byte[] Random(int count, int size)
    {
        var images = new byte[count * 3 * size * size];
        new Random(count).NextBytes(images);
        return images;
    }
}
