using Grpc.Core;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Scoring;
using Ipo.ServiceDefaults;

namespace Ipo.ClipScorer;

/// <summary>What the scorer's exceptions mean for a caller.</summary>
internal static class ScorerErrors
{
    public static ErrorStatus? Map(Exception fault) => fault switch
    {
        TemplateRefusedException => new(StatusCode.InvalidArgument, "TEMPLATE_REFUSED", fault.Message),
        ImageSetTooLargeException => new(StatusCode.InvalidArgument, "IMAGE_SET_TOO_LARGE", fault.Message),
        UnknownImageSetException => new(StatusCode.FailedPrecondition, "IMAGE_SET_UNKNOWN", fault.Message),
        QueueFullException => new(StatusCode.ResourceExhausted, "QUEUE_FULL", fault.Message) { RetryAfter = TimeSpan.FromSeconds(1) },
        StillLoadingException => new(StatusCode.Unavailable, "CHECKPOINT_LOADING", fault.Message) { RetryAfter = TimeSpan.FromSeconds(1) },
        _ => null,
    };
}
