using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Graphs;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Towers;
using DataType = Ipo.ClipScorer.Graphs.Onnx.TensorProto.Types.DataType;

namespace Ipo.ClipScorer.Families.Clip;

/// <summary>
/// The vision tower: images in, projected features [B, D] out, fp32, not normalised.
/// In the last block only the class token asks, because nothing else of its output is read.
/// </summary>
internal static class VisionGraph
{
    /// <summary>Counted up whenever the same pixels could give other bits.</summary>
    public const int Version = 2;

    /// <summary>On pixels [B, 3, S, S], fp32.</summary>
    public static byte[] Build(ClipConfig config, Weights weights)
    {
        var (graph, size) = (new GraphBuilder("vision", weights, half: false), config.Vision.ImageSize);
        AddTower(graph, config, graph.Input(VisionTower.Pixels, DataType.Float, "B", 3, size, size));
        return graph.Build();
    }

    /// <summary>On images as bytes (<see cref="ByteImages"/>).</summary>
    public static byte[] BuildOnBytes(ClipConfig config, Weights weights, PixelSettings settings, bool half)
    {
        var graph = new GraphBuilder("vision_bytes", weights, half);
        AddTower(graph, config, ByteImages.AddNormalised(graph, settings));
        return graph.Build();
    }

    /// <summary>Adds the tower and its output.</summary>
    /// <param name="graph">The graph to add to.</param>
    /// <param name="config">The tower's shape.</param>
    /// <param name="pixels">Normalised pixels [B, 3, S, S], in the type the graph computes in.</param>
    public static void AddTower(GraphBuilder graph, ClipConfig config, string pixels)
    {
        var vision = config.Vision;
        var shape = vision.Shape;
        var blocks = new TransformerGraph(graph, "vision_model", shape);
        var rows = blocks.Normalise(Tokens(graph, vision, pixels), "vision_model.pre_layrnorm");
        for (var layer = 0; layer < shape.Layers - 1; layer++)
        {
            var normalised = blocks.NormaliseForAttention(rows, layer);
            var attended = blocks.Attend(
                Items(blocks.Queries(normalised, layer)), Items(blocks.Keys(normalised, layer)), Items(blocks.Values(normalised, layer)));
            rows = blocks.Finish(attended, rows, layer);
        }

        var last = shape.Layers - 1;
        var input = blocks.NormaliseForAttention(rows, last);
        var query = graph.Add("Reshape", [blocks.Queries(ClassTokens(input), last), graph.Integers(-1, 1, shape.Width)]);
        var classAttended = blocks.Attend(query, Items(blocks.Keys(input, last)), Items(blocks.Values(input, last)));
        var finished = blocks.Finish(classAttended, ClassTokens(rows), last);
        var features = blocks.Project(
            blocks.Normalise(finished, "vision_model.post_layernorm"), "visual_projection", config.EmbeddingDimension);
        graph.Output(VisionTower.Features, features, DataType.Float, "B", config.EmbeddingDimension);

        string Items(string tokens) => graph.Add("Reshape", [tokens, graph.Integers(-1, vision.Tokens, shape.Width)]);

        string ClassTokens(string tokens) => graph.Add("Gather", [Items(tokens), graph.Integer(0)], ("axis", 1));
    }

    // The class token and the patches of every image, with their positions: [B·tokens, width].
    private static string Tokens(GraphBuilder graph, VisionShape vision, string pixels)
    {
        var width = vision.Shape.Width;
        var stride = new long[] { vision.PatchSize, vision.PatchSize };
        var kernel = graph.Weight(
            "vision_model.embeddings.patch_embedding.weight", width, 3, vision.PatchSize, vision.PatchSize);
        var grid = graph.Add("Conv", [pixels, kernel], ("strides", stride), ("kernel_shape", stride));
        var patches = graph.Add("Transpose",
            [graph.Add("Reshape", [graph.ToPrecise(grid), graph.Integers(0, width, -1)])],
            ("perm", new long[] { 0, 2, 1 }));
        var batch = graph.Add("Shape", [pixels], ("start", 0), ("end", 1));
        var classToken = graph.Add("Expand",
            [graph.Add("Reshape", [graph.PreciseWeight("vision_model.embeddings.class_embedding", width), graph.Integers(1, 1, width)]),
             graph.Add("Concat", [batch, graph.Integers(1, 1)], ("axis", 0))]);
        var tokens = graph.Add("Add",
            [graph.Add("Concat", [classToken, patches], ("axis", 1)),
             graph.PreciseWeight("vision_model.embeddings.position_embedding.weight", vision.Tokens, width)]);
        return graph.Add("Reshape", [tokens, graph.Integers(-1, width)]);
    }
}
