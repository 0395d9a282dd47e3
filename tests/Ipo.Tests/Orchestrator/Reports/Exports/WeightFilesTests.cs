using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Ipo.ClipScorer.Checkpoints;
using Ipo.Optimization.Facts;
using Ipo.Orchestrator.Reports.Exports;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Reports.Exports;

public sealed partial class WeightFilesTests
{
    private static readonly ModelFacts Tiny = new("tiny", "d1", "cpu", "fp32", "1", 100);

    private static readonly Gen<ZeroShotWeights> Weights = Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40]).SelectMany((dimension, classes) =>
        Gen.Single.Array[dimension].Array[classes].Select(columns =>
            new ZeroShotWeights(
                columns, [.. Enumerable.Range(0, classes).Select(label => $"klasse \"{label}\" ü")], "a photo of a <CLASS>.", Tiny)));

    // Read back by the rules of numpy/lib/format.py and nothing of ours.
    [Fact]
    public void An_npy_file_holds_one_column_for_each_class() => Weights.Sample(weights =>
    {
        var file = new Npy().Write(weights);
        Assert.Equal("\u0093NUMPY\u0001\0", Encoding.Latin1.GetString(file, 0, 8));
        var start = 10 + BitConverter.ToUInt16(file, 8);
        Assert.Equal(0, start % 64);
        var header = Header().Match(Encoding.ASCII.GetString(file, 10, start - 10));
        Assert.True(header.Success);
        AssertHolds(weights, int.Parse(header.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(header.Groups[2].Value, CultureInfo.InvariantCulture), file[start..]);
    }, iter: 200);

    [Fact]
    public void A_safetensors_file_holds_the_same_and_says_what_it_is() => Weights.Sample(weights =>
    {
        var file = new Safetensors().Write(weights);
        var length = (int)BitConverter.ToUInt64(file);
        Assert.Equal(0, length % 8);
        var header = JsonDocument.Parse(file.AsMemory(8, length)).RootElement;
        var tensor = header.GetProperty("zeroshot_weights");
        Assert.Equal("F32", tensor.GetProperty("dtype").GetString());
        Assert.Equal([0, file.Length - 8 - length], tensor.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32()));
        var about = header.GetProperty("__metadata__");
        Assert.Equal(weights.ClassNames, JsonSerializer.Deserialize<string[]>(about.GetProperty("class_names").GetString()!));
        Assert.Equal(("a photo of a <CLASS>.", "tiny", "d1"), (about.GetProperty("template").GetString(), about.GetProperty("checkpoint").GetString(), about.GetProperty("checkpoint_digest").GetString()));
        AssertHolds(weights, tensor.GetProperty("shape")[0].GetInt32(), tensor.GetProperty("shape")[1].GetInt32(), file[(8 + length)..]);
    }, iter: 200);

    [Fact]
    public void An_ensembles_weights_are_the_mean_of_its_templates_normalised_again()
    {
        float[] x = [1, 0, 0], y = [0, 1, 0], diagonal = [0.6f, 0, 0.8f];
        var weights = ZeroShotWeights.Of([x, y, diagonal, diagonal], [2, 2], ["a", "b"], "a <CLASS>\nb <CLASS>", Tiny);
        Assert.Equal([MathF.Sqrt(0.5f), MathF.Sqrt(0.5f), 0], weights.Columns[0]);
        Assert.All(diagonal.Zip(weights.Columns[1]), pair => Assert.Equal(pair.First, pair.Second, 1e-7f));
        Assert.Same(x, ZeroShotWeights.Of([x, y], [1, 1], ["a", "b"], "a <CLASS>", Tiny).Columns[0]);
    }

    // The reader of checkpoints is strict about gaps, overlaps and lengths.
    [Fact]
    public void A_safetensors_file_is_one_to_our_own_reader()
    {
        using var folder = new TempFolder();
        var path = folder.Write("w.safetensors", new Safetensors().Write(new([[1, 2, 3], [4, 5, 6]], ["a", "b"], "a <CLASS>", Tiny)));
        var tensor = Assert.Single(SafetensorsFile.Read(path));
        Assert.Equal(("zeroshot_weights", 24L), (tensor.Key, tensor.Value.Length));
        Assert.Equal([3, 2], tensor.Value.Shape);
    }

    private static void AssertHolds(ZeroShotWeights weights, int dimension, int classes, byte[] data)
    {
        Assert.Equal((weights.Columns[0].Length, weights.Columns.Count, 4 * dimension * classes), (dimension, classes, data.Length));
        for (var at = 0; at < dimension; at++)
            for (var label = 0; label < classes; label++)
                Assert.Equal(BitConverter.SingleToInt32Bits(weights.Columns[label][at]), BitConverter.ToInt32(data, 4 * ((at * classes) + label)));
    }

    [GeneratedRegex(@"^\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d+), (\d+)\), \} *\n\z")]
    private static partial Regex Header();
}
