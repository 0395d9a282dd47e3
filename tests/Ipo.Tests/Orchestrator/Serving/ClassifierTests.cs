using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Serving;

public sealed class ClassifierTests : OrchestratorTest
{
    private V1.Model _ran = null!;

    private protected override async Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny");
        await Lab.RegisterAsync("tiny");
        await Client.Runs.CreateRunAsync(
            new() { RunId = "run", Settings = new() { Dataset = "tiny", Preset = "ipo-paper", Steps = 1, Shots = 2, Proposers = { new V1.ProposerChoice { Name = "evolve" } } } },
            cancellationToken: Cancellation);
        await Lab.EndAsync("run");
        _ran = Fakes.Scorer.Model;
    }

    [Fact]
    public async Task The_answer_names_the_checkpoint_that_classified()
    {
        var answer = await ClassifyAsync(any: false);
        Assert.Equal((_ran, null), (answer.Model, answer.RunModel));
        Assert.Equal(answer, await ClassifyAsync(any: true)); // which changes nothing where the checkpoint is the run's
    }

    [Theory]
    [InlineData('d', "fp32")]
    [InlineData('c', "fp16")]
    public async Task Another_checkpoint_is_refused_before_an_image_is_sent_unless_any_will_do(char digest, string precision)
    {
        var now = new V1.Model(_ran) { Name = "other-clip", Digest = new string(digest, 64), Precision = precision };
        Fakes.Scorer.Model = now;
        var sent = 0;
        Fakes.Scorer.Before = method => sent += method == "Classify" ? 1 : 0;

        var fault = await Assert.ThrowsAsync<RpcException>(() => ClassifyAsync(any: false));
        Assert.Equal(StatusCode.FailedPrecondition, fault.StatusCode);
        Assert.Equal(
            $"clip-scorer now runs other-clip {new string(digest, 12)} ({precision}), and run 'run' was made with fake-clip cccccccccccc "
                + "(fp32). Start it with that checkpoint, or classify with the one that it runs, of which the run's figures say nothing: "
                + "any_checkpoint (--any-checkpoint).",
            fault.Status.Detail);
        var info = fault.GetRpcStatus()!.GetDetail<ErrorInfo>();
        Assert.Equal("CHECKPOINT_CHANGED", info.Reason);
        Assert.Equal((now.Digest, _ran.Digest), (info.Metadata["checkpoint"], info.Metadata["run_checkpoint"]));
        Assert.Equal(0, sent);

        var answer = await ClassifyAsync(any: true);
        Assert.Equal((now, "fake-clip", _ran.Digest), (answer.Model, answer.RunModel.Name, answer.RunModel.Digest));
        Assert.Equal(1, sent);
        Assert.Single(answer.Classifications);
    }

    [Fact]
    public async Task The_same_checkpoint_on_another_device_serves()
    {
        Fakes.Scorer.Model = new(_ran) { ExecutionProvider = "cuda", Device = "a GPU" };
        Assert.Null((await ClassifyAsync(any: false)).RunModel);
    }

    private async Task<V1.ClassifyImagesResponse> ClassifyAsync(bool any) => await Client.Serving.ClassifyImagesAsync(
        new() { RunId = "run", Contents = { ByteString.CopyFrom(TinyDataset.Image("new")) }, AnyCheckpoint = any }, cancellationToken: Cancellation);
}
