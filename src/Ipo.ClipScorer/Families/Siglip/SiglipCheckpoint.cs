using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Text;
using Ipo.ClipScorer.Towers;
using Ipo.ClipScorer.ZeroShot;

namespace Ipo.ClipScorer.Families.Siglip;

/// <summary>SigLIP (Zhai et al. 2023) and SigLIP 2 of a fixed resolution (Tschannen et al. 2025) in Hugging Face's SiglipModel
/// layout: config.json, weights, spiece.model or tokenizer.json with tokenizer_config.json,
/// preprocessor_config.json. The two differ in tokenizer and preprocessing alone.</summary>
internal sealed class SiglipCheckpoint : ICheckpoint
{
    private readonly SiglipConfig _config;
    private readonly Weights _weights;
    private readonly SiglipTexts _texts;

    private SiglipCheckpoint(string folder, SiglipConfig config, Weights weights)
    {
        (_config, _weights, _texts) = (config, weights, SiglipTexts.Load(folder));
        if (_texts.VocabularySize > config.Text.VocabularySize)
            throw new CheckpointException(
                $"{folder}: {_texts.Tokenizer.Source} has ids up to {_texts.VocabularySize - 1}, and the text tower knows "
                + $"{config.Text.VocabularySize} (text_config.vocab_size). "
                + $"Take {_texts.Tokenizer.Source} and {SiglipConfig.FileName} from the same checkpoint.");
        var pixels = PreprocessorConfig.Load(folder, SiglipPixels.Default(config.Vision.ImageSize));
        Pixels = pixels.Settings;
        Assumptions = pixels.Assumption is { } assumption ? [assumption] : [];
        Files = [Path.Combine(folder, SiglipConfig.FileName), .. weights.Files, .. _texts.Files, pixels.File];
        Head = new SigmoidHead(MathF.Exp(weights.Number("logit_scale")), weights.Number("logit_bias"));
    }

    public IReadOnlyList<string> Files { get; }

    public Weights Weights => _weights;

    public int EmbeddingDimension => _config.EmbeddingDimension;

    public int ContextLength => _config.Text.ContextLength;

    public int VocabularySize => _config.Text.VocabularySize;

    public int ImageTokens => _config.Vision.Tokens;

    public int VisionVersion => VisionGraph.Version;

    public ITokenizer Tokenizer => _texts.Tokenizer;

    public PixelSettings Pixels { get; }

    public IZeroShotHead Head { get; }

    public IReadOnlyList<string> Assumptions { get; }

    // Spread over the vocabulary.
    public IReadOnlyList<int[]> ProbeTexts =>
    [
        .. Enumerable.Range(1, 8).Select(length =>
            Enumerable.Range(1, length).Select(at => (at * 7919 + length * 104_729) % _config.Text.VocabularySize).ToArray()),
    ];

    /// <exception cref="CheckpointException">A file is missing or damaged, or the
    /// files do not belong together.</exception>
    public static SiglipCheckpoint Open(string folder) => new(folder, SiglipConfig.Load(folder), Weights.Open(folder));

    public ITextTower CreateTextTower(ExecutionDevice device) => new TextTower(_config, _weights, device, _texts.PadId);

    public IVisionTower CreateVisionTower(ExecutionDevice device, ImagePreprocessor images)
    {
        var shape = new ImageShape(_config.Vision.ImageSize, _config.Vision.Tokens, _config.EmbeddingDimension);
        return device.UsesGpuTowers
            ? new CudaVisionTower(VisionGraph.BuildOnBytes(_config, _weights, Pixels, device.IsHalf), _weights, device, shape)
            : new VisionTower(VisionGraph.Build(_config, _weights), _weights, device, shape, images);
    }
}
