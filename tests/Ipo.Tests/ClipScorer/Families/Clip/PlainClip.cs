using Ipo.ClipScorer.Graphs;

namespace Ipo.Tests.ClipScorer.Families.Clip;

/// <summary>
/// CLIP written down as the paper has it (arXiv 2103.00020, section 2.4, and openai/CLIP model.py): double precision, one item,
/// one loop for each sum, every token of every layer. The reference for shapes that no golden file has.
/// </summary>
internal sealed class PlainClip(RandomCheckpoint checkpoint)
{
    public double[] Text(int[] ids)
    {
        var text = checkpoint.Config.Text;
        var tokens = ids.Select((id, position) => Sum(
            Row("text_model.embeddings.token_embedding.weight", id, text.Shape.Width), Row("text_model.embeddings.position_embedding.weight", position, text.Shape.Width))).ToArray();
        var final = Normalise(Blocks(tokens, "text_model", text.Shape, causal: true)[^1], "text_model.final_layer_norm", text.Shape.Epsilon);
        return L2Norm(Product(final, "text_projection.weight", checkpoint.Config.EmbeddingDimension));
    }

    public double[] Image(float[] pixels)
    {
        var vision = checkpoint.Config.Vision;
        var tokens = new List<double[]> { ToDouble(checkpoint["vision_model.embeddings.class_embedding"]) };
        for (var y = 0; y < vision.Grid; y++)
            for (var x = 0; x < vision.Grid; x++) tokens.Add(Product(Patch(pixels, x, y), "vision_model.embeddings.patch_embedding.weight", vision.Shape.Width));
        var placed = tokens.Select((token, position) => Normalise(
            Sum(token, Row("vision_model.embeddings.position_embedding.weight", position, vision.Shape.Width)), "vision_model.pre_layrnorm", vision.Shape.Epsilon)).ToArray();
        var final = Normalise(Blocks(placed, "vision_model", vision.Shape, causal: false)[0], "vision_model.post_layernorm", vision.Shape.Epsilon);
        return L2Norm(Product(final, "visual_projection.weight", checkpoint.Config.EmbeddingDimension));
    }

    private double[] Patch(float[] pixels, int patchX, int patchY)
    {
        var (size, patch) = (checkpoint.Config.Vision.ImageSize, checkpoint.Config.Vision.PatchSize);
        return [.. from c in Enumerable.Range(0, 3) from y in Enumerable.Range(0, patch) from x in Enumerable.Range(0, patch)
                   select (double)pixels[(c * size + patchY * patch + y) * size + patchX * patch + x]];
    }

    private double[][] Blocks(double[][] tokens, string tower, TransformerShape shape, bool causal)
    {
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var block = $"{tower}.encoder.layers.{layer}";
            var normalised = Array.ConvertAll(tokens, token => Normalise(token, $"{block}.layer_norm1", shape.Epsilon));
            var attended = Attention(normalised, $"{block}.self_attn", shape, causal);
            tokens = [.. tokens.Zip(attended, Sum)];
            tokens = Array.ConvertAll(tokens, token => Sum(token, Linear(
                Array.ConvertAll(Linear(Normalise(token, $"{block}.layer_norm2", shape.Epsilon), $"{block}.mlp.fc1", shape.Hidden), value => Activate(value, shape.Activation)),
                $"{block}.mlp.fc2", shape.Width)));
        }
        return tokens;
    }

    private double[][] Attention(double[][] tokens, string layer, TransformerShape shape, bool causal)
    {
        double[][] Projected(string name) => Array.ConvertAll(tokens, token => Linear(token, $"{layer}.{name}", shape.Width));
        var (queries, keys, values) = (Projected("q_proj"), Projected("k_proj"), Projected("v_proj"));
        var joined = tokens.Select(_ => new double[shape.Width]).ToArray();
        for (var head = 0; head < shape.Heads; head++)
        {
            var from = head * shape.HeadWidth;
            for (var asking = 0; asking < tokens.Length; asking++)
            {
                var seen = causal ? asking + 1 : tokens.Length;
                var weights = new double[seen];
                for (var asked = 0; asked < seen; asked++)
                {
                    for (var at = from; at < from + shape.HeadWidth; at++) weights[asked] += queries[asking][at] * keys[asked][at];
                    weights[asked] = Math.Exp(weights[asked] / Math.Sqrt(shape.HeadWidth));
                }
                var sum = weights.Sum();
                for (var asked = 0; asked < seen; asked++)
                    for (var at = from; at < from + shape.HeadWidth; at++) joined[asking][at] += weights[asked] / sum * values[asked][at];
            }
        }
        return Array.ConvertAll(joined, token => Linear(token, $"{layer}.out_proj", shape.Width));
    }

    private static double Activate(double x, Activation activation) =>
        activation == Activation.QuickGelu ? x / (1 + Math.Exp(-1.702 * x)) : 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    // Its Taylor series: exact to 1e-12 for the arguments that occur here.
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 5) return Math.Sign(x);
        var (term, sum) = (x, x);
        for (var n = 1; n < 120; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return sum * 2 / Math.Sqrt(Math.PI);
    }

    private double[] Normalise(double[] token, string layer, double epsilon)
    {
        var mean = token.Average();
        var deviation = Math.Sqrt(token.Average(value => (value - mean) * (value - mean)) + epsilon);
        var (weight, bias) = (ToDouble(checkpoint[$"{layer}.weight"]), ToDouble(checkpoint[$"{layer}.bias"]));
        return [.. token.Select((value, at) => (value - mean) / deviation * weight[at] + bias[at])];
    }

    private double[] Linear(double[] token, string layer, int outputs) => Sum(Product(token, $"{layer}.weight", outputs), ToDouble(checkpoint[$"{layer}.bias"]));

    private double[] Product(double[] token, string tensor, int outputs)
    {
        var weight = checkpoint[tensor];
        var product = new double[outputs];
        for (var output = 0; output < outputs; output++)
            for (var at = 0; at < token.Length; at++) product[output] += token[at] * weight[output * token.Length + at];
        return product;
    }

    private double[] Row(string tensor, int row, int width) => ToDouble(checkpoint[tensor].Slice(row * width, width));

    private static double[] ToDouble(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), value => (double)value);

    private static double[] Sum(double[] left, double[] right) => [.. left.Zip(right, (a, b) => a + b)];

    private static double[] L2Norm(double[] vector)
    {
        var length = Math.Sqrt(vector.Sum(value => value * value));
        return Array.ConvertAll(vector, value => value / length);
    }
}
