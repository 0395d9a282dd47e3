using Grpc.Core;
using Ipo.PromptGen;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.PromptGen;

// Language models beside the default one.
public sealed partial class PromptGenServiceTests
{
    [Fact]
    public async Task Asks_each_named_model_at_its_own_endpoint_with_its_own_key_and_prices()
    {
        await using var server = await OpenAiServer.StartAsync();
        await using var other = await OpenAiServer.StartAsync();
        await using var service = Configured(
            server, ("Ipo:PromptGen:Models:fast:Endpoint", other.Endpoint.ToString()), ("Ipo:PromptGen:Models:fast:Model", "model-2"),
            ("Ipo:PromptGen:Models:fast:ApiKey", "sk-fast"), ("Ipo:PromptGen:Models:fast:InputPricePerMillionTokens", "2"),
            ("Ipo:PromptGen:Models:fast:OutputPricePerMillionTokens", "3"), ("Ipo:PromptGen:Models:fast:MaxOutputTokens", "77"));
        using var metrics = new MetricRecorder(service.Services);

        var plain = await Client(service).ProposeTemplatesAsync(Request("ipo"), cancellationToken: Cancel);
        var named = await Client(service).ProposeTemplatesAsync(Request("ipo", request => request.NamedModel = "fast"), cancellationToken: Cancel);
        var listed = (await Client(service).ListProposersAsync(new(), cancellationToken: Cancel)).Proposers;

        Assert.Equal(("model-1", "", 0), (plain.Model, plain.NamedModel, plain.Usage.CostMicroUsd));
        Assert.Equal(("model-2", "fast", (11 * 2) + (7 * 3)), (named.Model, named.NamedModel, named.Usage.CostMicroUsd));
        Assert.Equal(("model-1", $"Bearer {Key}"), (server.Request.Model, server.Request.Authorization));
        Assert.Equal(
            ("model-2", "Bearer sk-fast", 77),
            (other.Request.Model, other.Request.Authorization, other.Request.Body.GetProperty("max_completion_tokens").GetInt32()));
        Assert.Equal(
            [("", "model-1", 0.0, 0.0), ("fast", "model-2", 2, 3)],
            listed.Where(about => !about.Embedded).Select(about =>
                (about.NamedModel, about.Model, about.InputPricePerMillionTokens, about.OutputPricePerMillionTokens)));
        Assert.Equal(["1 ipo ok", "1 ipo@fast ok"], metrics.Of("ipo.provider.calls"));
    }

    [Fact]
    public async Task Has_the_model_that_the_page_on_proposers_configures()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Shared.Repository, "docs", "proposers.md"), Cancel);
        var settings = page.Split('\n').Where(line => line.StartsWith("export Ipo__", StringComparison.Ordinal))
            .Select(line => line["export ".Length..].Split('=', 2))
            .ToDictionary(pair => pair[0].Replace("__", ":", StringComparison.Ordinal), pair => (string?)pair[1]);
        await using var service = new InProcessService<Proposers>(settings);

        var model = Assert.Single(
            (await Client(service).ListProposersAsync(new(), cancellationToken: Cancel)).Proposers, about => !about.Embedded);

        Assert.Equal(("fast", settings["Ipo:PromptGen:Models:fast:Model"]), (model.NamedModel, model.Model));
    }

    [Theory]
    [InlineData("ipo", "slow", "The model 'slow' is not configured; there are: fast, large. Another one: set Ipo:PromptGen:Models:slow:Model, and ")]
    [InlineData("evolve", "fast", "The proposer 'evolve' asks no language model, so it takes no 'fast'.")]
    public async Task Refuses_a_model_that_it_does_not_have(string proposer, string model, string refusal)
    {
        await using var server = await OpenAiServer.StartAsync();
        await using var service = Configured(
            server, ("Ipo:PromptGen:Models:large:ApiKey", Key), ("Ipo:PromptGen:Models:large:Model", "model-3"),
            ("Ipo:PromptGen:Models:fast:ApiKey", Key), ("Ipo:PromptGen:Models:fast:Model", "model-2"));

        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await Client(service).ProposeTemplatesAsync(Request(proposer, request => request.NamedModel = model), cancellationToken: Cancel));

        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.StartsWith(refusal, refused.Status.Detail, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Does_not_start_with_half_a_named_model()
    {
        var (exit, error) = await ServiceProcess.RunAsync<Proposers>("--Ipo:PromptGen:Models:fast:Model=model-2");

        Assert.Equal(1, exit);
        Assert.StartsWith(
            "prompt-gen cannot start: Ipo:PromptGen:Models:fast is no whole endpoint: set Ipo:PromptGen:Models:fast:Model, and ", error,
            StringComparison.Ordinal);
    }
}
