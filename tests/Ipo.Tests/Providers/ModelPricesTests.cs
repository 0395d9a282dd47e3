using System.Net;
using Ipo.Providers;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Providers;

public sealed class ModelPricesTests
{
    [Theory]
    [InlineData("gpt-4o-mini", 0.15, 0.6)]
    [InlineData("gpt-4o-mini-2024-07-18", 0.15, 0.6)]
    [InlineData("openai/gpt-4o-mini", 0.15, 0.6)]
    [InlineData("gpt-4o-2024-05-13", 5.0, 15.0)]
    [InlineData("gpt-4-0613", 30.0, 60.0)]
    [InlineData("gpt-4o-latest", 2.5, 10.0)]
    [InlineData(" GPT-5-mini ", 0.25, 2.0)]
    [InlineData("gpt-5", 1.25, 10.0)]
    [InlineData("gpt-5.4", 2.5, 15.0)]
    [InlineData("anthropic/claude-haiku-4-5@20251001", 1.0, 5.0)]
    [InlineData("google/gemini-2.5-flash-lite:free", 0.1, 0.4)]
    public void Knows_builds_and_gateways_names_of_well_known_models(string model, double input, double output) =>
        Assert.Equal(new((decimal)input, (decimal)output), ModelPrices.Of(model));

    [Theory]
    [InlineData("gpt-5.9")]
    [InlineData("gpt")]
    [InlineData("llama3.1:8b")]
    [InlineData("my-gpt-4o")]
    [InlineData("o3-deep-research")]
    [InlineData("gpt-4-32k")]
    [InlineData("gpt-3.5-turbo-instruct")]
    [InlineData("gpt-4o-audio-preview")]
    [InlineData("gemini-2.5-flash-image")]
    [InlineData("o1-mini")]
    [InlineData("-")]
    [InlineData("")]
    public void Knows_no_price_of_any_other(string model) => Assert.Null(ModelPrices.Of(model));

    [Fact]
    public void Settings_come_first_and_a_server_on_this_machine_charges_nothing()
    {
        var there = new ChatEndpointOptions { Endpoint = "https://gateway.example/v1", Model = "gpt-4o-mini" };

        Assert.Equal(new(0.15m, 0.6m), there.Price);
        Assert.Equal(new(1, 2), (there with { InputPricePerMillionTokens = 1, OutputPricePerMillionTokens = 2 }).Price);
        Assert.Null((there with { Endpoint = "http://localhost:11434/v1" }).Price);
        Assert.Null((there with { Endpoint = "http://0.0.0.0:11434/v1" }).Price);
        Assert.Null((there with { Model = "a-new-model" }).Price);
    }

    [Fact]
    public async Task A_call_to_a_listed_model_is_counted_without_a_setting()
    {
        await using var server = await OpenAiServer.StartAsync(); // reached as a proxy for another host
        server.Then(OpenAiAnswer.Text("x", inputTokens: 1000, outputTokens: 100));
        using var endpoint = new ChatEndpoint(
            new() { Endpoint = "http://gateway.example/v1", Model = "gpt-4o-mini" }, "Ipo:Test", TimeProvider.System,
            new WebProxy($"http://127.0.0.1:{server.Endpoint.Port}"));

        var reply = await endpoint.AskAsync(new("?"), TestContext.Current.CancellationToken);

        Assert.Equal(210, reply.Usage.CostMicroUsd); // 150 + 60
    }
}
