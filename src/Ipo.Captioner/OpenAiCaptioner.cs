using Ipo.Images;
using Ipo.Providers;
using Ipo.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;

namespace Ipo.Captioner;

/// <summary>The multimodal model's endpoint and how images are put to it.</summary>
internal sealed record OpenAiCaptionerOptions : ChatEndpointOptions
{
    // A paragraph takes 200 tokens, what a model thinks before it some thousand.
    public OpenAiCaptionerOptions() => MaxOutputTokens = 4096;

    /// <summary>The question about each image, the paper's in other words: everything that tells the image apart, never
    /// its class.</summary>
    public string Question { get; set; } =
        "Describe in detail, in one paragraph of plain English, what sets this image apart: its medium or style, colours, lighting, "
            + "background, viewpoint, "
        + "and the features of the main object. Never name the object or its class; call it \"the object\".";

    /// <summary>Longer side of the image that is sent. 512 is one tile at most providers, hence the lowest
    /// price.</summary>
    [Between(64, 4096, Unit = "pixels")]
    public int MaxImageSide { get; set; } = 512;

    /// <summary>JPEG quality of the image that is sent.</summary>
    [Between(30, 100)]
    public int JpegQuality { get; set; } = 90;

    /// <summary>Sampling temperature; empty leaves the model's own, and so does a model that refuses it. 0.7 is the
    /// published code's (paper.md, section 1).</summary>
    [Between(0.0, 2.0)]
    public double? Temperature { get; set; } = 0.7;

    public override IEnumerable<string> Problems(string path)
    {
        foreach (var problem in base.Problems(path)) yield return problem;
        if (string.IsNullOrWhiteSpace(Question) || Question.Length > 10_000) yield return $"{path}:Question takes 1 to 10000 characters.";
    }
}

/// <summary>Shows the image to a multimodal model. The class names never leave this service: the model sees the image
/// and the question only.</summary>
internal sealed class OpenAiCaptioner(ChatEndpoint endpoint, IOptions<OpenAiCaptionerOptions> options) : ICaptioner
{
    public const string Name = "openai";

    /// <summary>Configuration path of its endpoint.</summary>
    public const string Path = "Ipo:Captioner:OpenAI";

    private readonly OpenAiCaptionerOptions options = options.Value;

    public string Provider => Name;

    public string Question => options.Question;

    public bool Paid => true;

    public bool Embedded => false;

    public ModelPrice? Price => endpoint.Price;

    public long TokensPerImage => ImageTokens.OfQuestion(Question) + ImageTokens.OfSquare(options.MaxImageSide, endpoint.Model);

    public Task<CaptionerIdentity> IdentifyAsync(CancellationToken cancel) => Task.FromResult(new CaptionerIdentity(
        endpoint.Model,
        FormattableString.Invariant(
            $"{options.Address} side {options.MaxImageSide} quality {options.JpegQuality}")
        + FormattableString.Invariant(
            $" temperature {options.Temperature} tokens {options.MaxOutputTokens} as {options.MaxOutputTokensField}")));

    public Task<ChatReply> DescribeAsync(ImageFile image, CancellationToken cancel) => endpoint.AskAsync(
        new ChatQuestion(options.Question, image.ToJpeg(options.MaxImageSide, options.JpegQuality), options.Temperature),
        cancel);
}
