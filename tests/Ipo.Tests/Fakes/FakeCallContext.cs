using Grpc.Core;

namespace Ipo.Tests.Fakes;

/// <summary>A served call by nobody, with a deadline and a cancellation of the test's own.</summary>
internal sealed class FakeCallContext(DateTime deadline, CancellationToken cancellation) : ServerCallContext
{
    protected override string MethodCore => "/ipo.test/Call";

    protected override string HostCore => "host";

    protected override string PeerCore => "peer";

    protected override DateTime DeadlineCore => deadline;

    protected override Metadata RequestHeadersCore { get; } = [];

    protected override CancellationToken CancellationTokenCore => cancellation;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore { get; } = new(null, []);

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
}
