using Grpc.Core;
using Ipo.Images;
using Ipo.Providers;
using Ipo.ServiceDefaults;
using Ipo.V1;

namespace Ipo.Captioner;

/// <summary>The gRPC service: checks, asks, cleans, counts.</summary>
internal sealed class CaptionerService(CachingCaptioner captions, CaptionerMetrics metrics) : V1.CaptionerService.CaptionerServiceBase
{
    private const int MostClassNames = 100_000;

    public override async Task<GetCaptionerResponse> GetCaptioner(GetCaptionerRequest request, ServerCallContext context)
    {
        var captioner = captions.Captioner;
        var identity = await captioner.IdentifyAsync(context.CancellationToken);
        var about = new V1.Captioner
        {
            Name = captioner.Provider,
            Model = identity.Model,
            Paid = captioner.Paid,
            Embedded = captioner.Embedded,
            InputTokensPerImage = captioner.TokensPerImage,
        };
        if (captioner.Price is { } price)
        {
            about.InputPricePerMillionTokens = (double)price.Input;
            about.OutputPricePerMillionTokens = (double)price.Output;
        }
        return new GetCaptionerResponse { Captioner = about, Question = captioner.Question };
    }

    public override async Task<DescribeImageResponse> DescribeImage(DescribeImageRequest request, ServerCallContext context)
    {
        if (request.ClassNames.Count > MostClassNames)
            throw new InvalidFieldException("class_names", $"holds {request.ClassNames.Count} names; it takes at most {MostClassNames}.");
        var caption = await captions.DescribeAsync(
            ImageFile.Check(request.Content.Memory), context.CancellationToken, request.KeptFor, request.CallId);
        return Response(caption, request);
    }

    private DescribeImageResponse Response(Caption caption, DescribeImageRequest request)
    {
        var (text, failure, usage, model) = caption.Reply;
        var namesReplaced = 0;
        var description = text is null ? "" : DescriptionText.Of(text, request.ClassNames, out namesReplaced);
        var response = new DescribeImageResponse
        {
            Usage = usage,
            Cached = caption.Source != AnswerSource.Provider,
            Provider = captions.Captioner.Provider,
            Model = model,
            Recovered = caption.Recovered,
        };
        if (failure is null)
        {
            metrics.Described(caption.Source);
            response.Description = description;
            response.NamesReplaced = namesReplaced;
        }
        else response.Failure = failure;
        return response;
    }
}
