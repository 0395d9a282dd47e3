using Ipo.ClipScorer.Images;
using DataType = Ipo.ClipScorer.Graphs.Onnx.TensorProto.Types.DataType;

namespace Ipo.ClipScorer.Graphs;

/// <summary>
/// Images that reach a card as bytes, a quarter of what their pixels would take over the bus, and are
/// normalised there. A byte is looked up in the table that the CPU's path uses, so the tower sees the CPU's
/// pixels to the bit, in an fp16 graph rounded once.
/// </summary>
/// <remarks>
/// The formula, byte · 1/(255 · deviation) − mean/deviation, differs from the table by 2.4e-7 at most in fp32, and
/// takes a pass more over memory. Folded into the patch embedding it would take none and be less exact in fp16: weights
/// divided by 255 deviations come to where fp16 has few bits left, and what the mean adds to the sum over a patch is
/// rounded with the sum before a bias takes it off.
/// </remarks>
internal static class ByteImages
{
    /// <summary>The name of the graph's input.</summary>
    public const string Input = "images";

    private const int Bytes = 256;

    /// <summary>Adds the input, images [B, 3, S, S] as <see cref="ImagePreprocessor.Crop"/>
    /// writes them, and what normalises it.</summary>
    /// <returns>Normalised pixels [B, 3, S, S], in the type the graph computes in.</returns>
    public static string AddNormalised(GraphBuilder graph, PixelSettings settings)
    {
        var input = graph.Input(Input, DataType.Uint8, "B", 3, settings.Size, settings.Size);
        var bytes = graph.Add("Cast", [input], ("to", (long)DataType.Int32));
        var starts = graph.Add("Reshape", [graph.Integers(0, Bytes, 2 * Bytes), graph.Integers(3, 1, 1)]); // of each channel in the table
        var at = graph.Add("Add", [bytes, graph.Add("Cast", [starts], ("to", (long)DataType.Int32))]);
        var table = graph.Numbers("normalised", [3 * Bytes], settings.Normalised());
        return graph.Add("Gather", [table, at]);
    }
}
