using Grpc.Core;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Orchestrator.Runs;

public sealed class DescriptionPagesTests : OrchestratorTest
{
    private protected override async Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny");
        await Lab.RegisterAsync("tiny");
    }

    [Fact]
    public async Task They_are_there_while_a_run_describes_page_by_page_and_in_its_order()
    {
        using var rest = new ManualResetEventSlim();
        Fakes.Captioner.Instead = call =>
        {
            if (call >= 4) rest.Wait(Cancellation);
            return null;
        };
        await Lab.CreateAsync(Settings(), "run");
        List<ImageDescription> some;
        do some = await ListAsync("run");
        while (some.Count < 4);
        Assert.Equal(4, some.Count);
        Assert.Equal(RunState.Running, (await Client.Runs.GetRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Run.State);
        rest.Set();
        await Lab.EndAsync("run");

        var all = await ListAsync("run");
        Assert.Equal(8, all.Count);
        Assert.Equal(some, all.Take(4));
        var classes = Lab.ImagesOf("tiny").ToDictionary(image => image.Sha256, image => $"kind {(char)('a' + image.Label)}");
        Assert.All(all, described =>
        {
            Assert.Equal($"a bright picture number {described.Sha256[..6]}", described.Description);
            Assert.Equal(classes[described.Sha256], described.ClassName);
            Assert.False(described.LeftOut);
        });
        Assert.Equal(["kind a", "kind b", "kind c", "kind d"], all.Take(4).Select(described => described.ClassName)); // a round of all classes first
    }

    [Fact]
    public async Task A_run_without_descriptions_has_none_and_what_is_asked_wrongly_is_told()
    {
        var settings = Settings();
        settings.Descriptions = false;
        await Lab.CreateAsync(settings, "run");
        await Lab.EndAsync("run");
        Assert.Empty(await ListAsync("run"));

        Assert.StartsWith("page_size is 1001", await RefusedAsync(StatusCode.InvalidArgument, new() { RunId = "run", PageSize = 1001 }), StringComparison.Ordinal);
        Assert.StartsWith("page_token is '?'", await RefusedAsync(StatusCode.InvalidArgument, new() { RunId = "run", PageToken = "?" }), StringComparison.Ordinal);
        Assert.Contains("'gone'", await RefusedAsync(StatusCode.NotFound, new() { RunId = "gone" }), StringComparison.Ordinal);
    }

    private Task<string> RefusedAsync(StatusCode code, ListDescriptionsRequest request) =>
        OrchestratorLab.RefusedAsync(code, async () => await Client.Runs.ListDescriptionsAsync(request, cancellationToken: Cancellation));

    private async Task<List<ImageDescription>> ListAsync(string runId)
    {
        var (found, request) = (new List<ImageDescription>(), new ListDescriptionsRequest { RunId = runId, PageSize = 3 });
        do
        {
            var page = await Client.Runs.ListDescriptionsAsync(request, cancellationToken: Cancellation);
            Assert.InRange(page.Descriptions.Count, 0, 3);
            found.AddRange(page.Descriptions);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return found;
    }

    private static RunSettings Settings() =>
        new() { Dataset = "tiny", Preset = "robust", Steps = 2, Shots = 2, CandidatesPerStep = 4, Descriptions = true };
}
