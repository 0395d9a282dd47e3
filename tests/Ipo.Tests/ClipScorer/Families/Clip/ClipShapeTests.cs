using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Graphs;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Settings;
using Xunit;

namespace Ipo.Tests.ClipScorer.Families.Clip;

public sealed class ClipShapeTests
{
    private static readonly (string Name, ClipConfig Config)[] All =
    [
        ("one layer in each tower", new(24, new(new(32, 1, 2, 64, Activation.QuickGelu, 1e-5f), 90, 20, 89), new(new(48, 1, 3, 96, Activation.QuickGelu, 1e-5f), 24, 8))),
        ("LAION's activation", new(40, new(new(48, 3, 3, 160, Activation.Gelu, 1e-5f), 120, 32, 119), new(new(64, 2, 4, 128, Activation.Gelu, 1e-5f), 30, 10))),
        ("one head, odd widths, large epsilon", new(17, new(new(27, 2, 1, 50, Activation.QuickGelu, 1e-2f), 70, 16, 60), new(new(33, 2, 1, 41, Activation.QuickGelu, 1e-3f), 14, 7))),
        ("an image that patches do not fill", new(32, new(new(64, 2, 8, 100, Activation.QuickGelu, 1e-5f), 100, 77, 99), new(new(40, 3, 5, 80, Activation.Gelu, 1e-6f), 31, 7))),
        ("a context of no round length", new(24, new(new(32, 2, 2, 64, Activation.QuickGelu, 1e-5f), 90, 250, 89), new(new(48, 1, 3, 96, Activation.QuickGelu, 1e-5f), 24, 8))),
        ("wide heads, deep text", new(64, new(new(160, 5, 2, 320, Activation.Gelu, 1e-5f), 200, 40, 199), new(new(80, 4, 1, 160, Activation.QuickGelu, 1e-5f), 32, 32))),
    ];

    private static readonly int[] TailLengths = [1, 2, 4, 1];

    public static TheoryData<string> Shapes => [.. All.Select(shape => shape.Name)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Gives_what_the_plain_reference_gives(string name)
    {
        var ct = TestContext.Current.CancellationToken;
        var config = All.Single(shape => shape.Name == name).Config;
        using var checkpoint = new RandomCheckpoint(config, seed: 11);
        using var model = EmbeddingModel.Load(checkpoint.Path, new() { Device = DeviceChoice.Cpu });
        using var packed = EmbeddingModel.LoadTowers(checkpoint.Path, ExecutionDevice.Cpu(0) with { UsesGpuTowers = true });
        var plain = new PlainClip(checkpoint);
        var random = new Random(5);
        var (dimension, end) = (config.EmbeddingDimension, config.Text.EndId);

        var lengths = new[] { 1, 2, 3, 7, 12, config.Text.ContextLength };
        var ids = Array.ConvertAll(lengths, length => (int[])[.. Enumerable.Range(0, length - 1).Select(_ => random.Next(end)), end]);
        var expected = Array.ConvertAll(ids, plain.Text);
        var found = new float[ids.Length * dimension];
        model.EncodeTexts(ids, found, ct);
        var textError = Largest(expected, found);
        packed.EncodeTexts(ids, found, ct);
        var packedError = Largest(expected, found);

        var prefixError = 0.0;
        for (var prefix = 1; prefix < 12; prefix += 3)
        {
            // The same first ids in front of every tail: class first (a short prefix) to class last (a long one).
            var shared = Enumerable.Range(0, prefix).Select(_ => random.Next(end)).ToArray();
            var tails = TailLengths.Select(length => (int[])[.. Enumerable.Range(0, length - 1).Select(_ => random.Next(end)), end]).ToArray();
            var behind = new float[tails.Length * dimension];
            var whole = Array.ConvertAll(tails, tail => plain.Text([.. shared, .. tail]));
            model.EncodeTemplate(shared, tails, behind, ct);
            prefixError = Math.Max(prefixError, Largest(whole, behind));
            packed.EncodeTemplate(shared, tails, behind, ct);
            packedError = Math.Max(packedError, Largest(whole, behind));
        }

        var (images, pixels) = (new byte[3 * model.Preprocessor.ValuesPerImage], new float[3 * model.Preprocessor.ValuesPerImage]);
        random.NextBytes(images);
        model.Preprocessor.Normalise(images, pixels);
        var seen = new float[3 * dimension];
        model.EncodeImages(images, 3, seen, ct);
        var imageError = Largest([.. pixels.Chunk(model.Preprocessor.ValuesPerImage).Select(plain.Image)], seen);

        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: largest error of texts {textError:G3}, packed {packedError:G3}, behind a prefix {prefixError:G3}, of images {imageError:G3}.");
        Assert.InRange(textError, 0, 1e-5);
        Assert.InRange(packedError, 0, 1e-5);
        Assert.InRange(prefixError, 0, 1e-5);
        Assert.InRange(imageError, 0, 1e-5);
    }

    private static double Largest(double[][] expected, float[] found) =>
        expected.SelectMany(row => row).Zip(found, (a, b) => Math.Abs(a - b)).Max();
}
