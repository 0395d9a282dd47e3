using Ipo.Images;
using Ipo.Providers;
using Ipo.V1;

namespace Ipo.Captioner;

/// <summary>Something that says what an image shows. Answers are raw: class names are taken out later, because they
/// differ from caller to caller and the answer is worth keeping.</summary>
internal interface ICaptioner
{
    /// <summary>Its name: "attributes" or "openai".</summary>
    string Provider { get; }

    /// <summary>The question it answers about each image.</summary>
    string Question { get; }

    /// <summary>Whether a call may cost money or leave this system.</summary>
    bool Paid { get; }

    /// <summary>Whether no multimodal model stands behind it.</summary>
    bool Embedded { get; }

    /// <summary>The prices of its calls; null where none are known.</summary>
    ModelPrice? Price { get; }

    /// <summary>Input tokens of a call, estimated: the question and a square image of the largest side that is sent; 0 where no
    /// model answers.</summary>
    long TokensPerImage { get; }

    /// <summary>Which model answers, and everything else besides the image and the question that decides an
    /// answer.</summary>
    /// <exception cref="ProviderFailedException">What stands behind it does not say.</exception>
    Task<CaptionerIdentity> IdentifyAsync(CancellationToken cancel);

    /// <summary>Describes one image, or says why not. It asks once.</summary>
    /// <exception cref="ImageRejectedException">The image cannot be used.</exception>
    Task<ChatReply> DescribeAsync(ImageFile image, CancellationToken cancel);
}

/// <summary>What decides a captioner's answers.</summary>
/// <param name="Model">The model's name, for people.</param>
/// <param name="Parameters">The rest as text (checkpoint digest, endpoint, image size, …), for cache keys.</param>
internal sealed record CaptionerIdentity(string Model, string Parameters);

/// <summary>What stands behind a captioner failed before there was an answer.</summary>
internal sealed class ProviderFailedException(ProviderFailure failure) : Exception(failure.Message)
{
    public ProviderFailure Failure { get; } = failure;
}
