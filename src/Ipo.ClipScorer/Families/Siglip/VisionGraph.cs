using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Graphs;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Towers;
using DataType = Ipo.ClipScorer.Graphs.Onnx.TensorProto.Types.DataType;

namespace Ipo.ClipScorer.Families.Siglip;

/// <summary>
/// The vision tower: images in, features [B, D] out, fp32, not normalised. There is no class token: behind the blocks one
/// learned query, the probe, attends to all patches, and what it gathers is the image's embedding (multihead attention
/// pooling, Zhai et al. 2022).
/// </summary>
internal static class VisionGraph
{
    /// <summary>Counted up whenever the same pixels could give other bits.</summary>
    public const int Version = 1;

    private const string Tower = "vision_model";
    private const string Pooling = $"{Tower}.head";

    /// <summary>On pixels [B, 3, S, S], fp32.</summary>
    public static byte[] Build(SiglipConfig config, Weights weights)
    {
        var (graph, size) = (new GraphBuilder("vision", weights, half: false), config.Vision.ImageSize);
        AddTower(graph, config, graph.Input(VisionTower.Pixels, DataType.Float, "B", 3, size, size));
        return graph.Build();
    }

    /// <summary>On images as bytes (<see cref="ByteImages"/>).</summary>
    public static byte[] BuildOnBytes(SiglipConfig config, Weights weights, PixelSettings settings, bool half)
    {
        var graph = new GraphBuilder("vision_bytes", weights, half);
        AddTower(graph, config, ByteImages.AddNormalised(graph, settings));
        return graph.Build();
    }

    private static void AddTower(GraphBuilder graph, SiglipConfig config, string pixels)
    {
        var vision = config.Vision;
        var shape = vision.Shape;
        var blocks = new TransformerGraph(graph, Tower, shape);
        var rows = Tokens(graph, vision, pixels);
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var normalised = blocks.NormaliseForAttention(rows, layer);
            var attended = blocks.Attend(
                Items(blocks.Queries(normalised, layer)), Items(blocks.Keys(normalised, layer)), Items(blocks.Values(normalised, layer)));
            rows = blocks.Finish(attended, rows, layer);
        }
        var patches = graph.FromPrecise(blocks.Normalise(rows, $"{Tower}.post_layernorm"));
        var batch = graph.Add("Shape", [pixels], ("start", 0), ("end", 1));
        var probe = graph.Add("Reshape", [graph.Weight($"{Pooling}.probe", 1, 1, shape.Width), graph.Integers(-1, shape.Width)]);
        var query = graph.Add("Expand",
            [graph.Add("Reshape", [InProjection(probe, 0), graph.Integers(1, 1, shape.Width)]),
             graph.Add("Concat", [batch, graph.Integers(1, 1)], ("axis", 0))]);
        var gathered = blocks.Attend(query, Items(InProjection(patches, 1)), Items(InProjection(patches, 2)));
        var pooled = graph.ToPrecise(blocks.Linear(gathered, $"{Pooling}.attention.out_proj", shape.Width, shape.Width));
        var features = blocks.FeedForward(pooled, $"{Pooling}.layernorm", $"{Pooling}.mlp");
        graph.Output(VisionTower.Features, features, DataType.Float, "B", config.EmbeddingDimension);

        string Items(string tokens) => graph.Add("Reshape", [tokens, graph.Integers(-1, vision.Tokens, shape.Width)]);

        // Queries', keys' and values' weights are stacked in one tensor; ONNX Runtime cuts them apart when it loads the graph.
        string InProjection(string inputs, int part) => graph.Add("Gemm",
            [inputs, Part(graph.Weight($"{Pooling}.attention.in_proj_weight", 3 * shape.Width, shape.Width), part),
             Part(graph.Weight($"{Pooling}.attention.in_proj_bias", 3 * shape.Width), part)], ("transB", 1));

        string Part(string stacked, int part) => graph.Add("Slice",
            [stacked, graph.Integers(part * shape.Width), graph.Integers((part + 1) * shape.Width), graph.Integers(0)]);
    }

    // The patches of every image, with their positions: [B·tokens, width].
    private static string Tokens(GraphBuilder graph, VisionShape vision, string pixels)
    {
        const string embeddings = $"{Tower}.embeddings";
        var (width, size) = (vision.Shape.Width, vision.PatchSize);
        var stride = new long[] { size, size };
        var grid = graph.Add("Conv",
            [pixels, graph.Weight($"{embeddings}.patch_embedding.weight", width, 3, size, size),
             graph.Weight($"{embeddings}.patch_embedding.bias", width)],
            ("strides", stride), ("kernel_shape", stride));
        var patches = graph.Add("Transpose",
            [graph.Add("Reshape", [graph.ToPrecise(grid), graph.Integers(0, width, -1)])], ("perm", new long[] { 0, 2, 1 }));
        var tokens = graph.Add("Add",
            [patches, graph.PreciseWeight($"{embeddings}.position_embedding.weight", vision.Tokens, width)]);
        return graph.Add("Reshape", [tokens, graph.Integers(-1, width)]);
    }
}
