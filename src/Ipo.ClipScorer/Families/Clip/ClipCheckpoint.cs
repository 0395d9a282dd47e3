using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Packing;
using Ipo.ClipScorer.Text;
using Ipo.ClipScorer.Towers;
using Ipo.ClipScorer.ZeroShot;

namespace Ipo.ClipScorer.Families.Clip;

/// <summary>CLIP (Radford et al. 2021), as <see cref="Open"/> reads it in Hugging Face's CLIPModel layout: config.json,
/// weights, vocab.json with merges.txt or tokenizer.json, preprocessor_config.json.</summary>
internal sealed class ClipCheckpoint : ICheckpoint
{
    /// <summary>The tensor of the factor on cosines, as a logarithm.</summary>
    public const string Scale = "logit_scale";

    /// <summary>The tensor of what SigLIP's loss adds to them.</summary>
    public const string Bias = "logit_bias";

    private readonly string _folder;
    private readonly ClipConfig _config;
    private readonly Weights _weights;
    private readonly ClipTokenizer? _tokenizer;

    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="configFile">The path of the file that the configuration stands in.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="weights">The weights, under Hugging Face's names.</param>
    /// <param name="pixels">What becomes of images.</param>
    public ClipCheckpoint(string folder, string configFile, ClipConfig config, Weights weights, PixelSource pixels)
    {
        (_folder, _config, _weights) = (folder, config, weights);
        var words = ClipTokenizer.Files(folder);
        _tokenizer = words.Any(File.Exists) ? ClipTokenizer.Load(folder) : null;
        if (_tokenizer?.VocabularySize > config.Text.VocabularySize)
            throw new CheckpointException(
                $"{folder}: {_tokenizer.Source} has ids up to {_tokenizer.VocabularySize - 1}, and the text tower knows "
                + $"{config.Text.VocabularySize} (vocab_size in {Path.GetFileName(configFile)}). "
                + $"Take the tokenizer's files and {Path.GetFileName(configFile)} from the same checkpoint.");
        Pixels = pixels.Settings;
        Assumptions = [.. ((string?[])[pixels.Assumption, AssumedOf(weights)]).OfType<string>()];
        Files = [.. ((string[])[configFile, .. weights.Files, .. words, pixels.File]).Distinct()];
        Head = new SoftmaxHead(MathF.Exp(weights.Number(Scale)));
    }

    public IReadOnlyList<string> Files { get; }

    public Weights Weights => _weights;

    public int EmbeddingDimension => _config.EmbeddingDimension;

    public int ContextLength => _config.Text.ContextLength;

    public int VocabularySize => _config.Text.VocabularySize;

    public int ImageTokens => _config.Vision.Tokens;

    public int VisionVersion => VisionGraph.Version;

    public ITokenizer Tokenizer => _tokenizer ?? throw new CheckpointException(
        $"{_folder} has no vocab.json and merges.txt and no {TokenizerJson.FileName}, so texts cannot be tokenized. "
        + "Take the tokenizer's files from the checkpoint.");

    public PixelSettings Pixels { get; }

    public IZeroShotHead Head { get; }

    public IReadOnlyList<string> Assumptions { get; }

    // Spread over the vocabulary; the end stands last in each.
    public IReadOnlyList<int[]> ProbeTexts =>
    [
        .. Enumerable.Range(1, 8).Select(length =>
            Enumerable.Range(1, length).Select(at => (at * 7919 + length * 104_729) % (EndId - 1)).Append(EndId).ToArray()),
    ];

    /// <summary>The id a text is read at.</summary>
    public int EndId => _tokenizer?.EndId ?? _config.Text.EndId;

    /// <exception cref="CheckpointException">A file is missing or damaged, or the
    /// files do not belong together.</exception>
    public static ClipCheckpoint Open(string folder)
    {
        var config = ClipConfig.Load(folder);
        var pixels = PreprocessorConfig.Load(folder, ClipPixels.Default(config.Vision.ImageSize));
        return new(folder, Path.Combine(folder, ClipConfig.FileName), config, Weights.Open(folder), pixels);
    }

    public ITextTower CreateTextTower(ExecutionDevice device) =>
        new FirstEndTextTower(device.UsesGpuTowers ? PackedTexts(device) : new TextTower(_config, _weights, device), _config.Text, EndId);

    public IVisionTower CreateVisionTower(ExecutionDevice device, ImagePreprocessor images)
    {
        var shape = new ImageShape(_config.Vision.ImageSize, _config.Vision.Tokens, _config.EmbeddingDimension);
        return device.UsesGpuTowers
            ? new CudaVisionTower(VisionGraph.BuildOnBytes(_config, _weights, Pixels, device.IsHalf), _weights, device, shape)
            : new VisionTower(VisionGraph.Build(_config, _weights), _weights, device, shape, images);
    }

    private static string? AssumedOf(Weights weights) => !weights.Has(Bias) ? null
        : $"{weights.Path} has a {Bias}, as weights have that SigLIP's loss trained. "
            + "Probabilities and losses are softmax's here, which it does not change.";

    private PackedTextTower PackedTexts(ExecutionDevice device) => new(
        PackedTextGraph.Build(_config, _weights, device.IsHalf), _weights, device, PackedTextGraph.Length(_config),
        _config.EmbeddingDimension);
}
