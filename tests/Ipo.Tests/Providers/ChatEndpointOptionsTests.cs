using Ipo.Providers;
using Ipo.ServiceDefaults.Settings;
using Xunit;

namespace Ipo.Tests.Providers;

public sealed class ChatEndpointOptionsTests
{
    [Fact]
    public void Are_right_when_nothing_is_configured()
    {
        var options = new ChatEndpointOptions();

        Assert.Empty(Problems(options));
        Assert.False(options.IsConfigured);
        Assert.Equal("https://api.openai.com/v1", options.Address.ToString());
    }

    [Fact]
    public void Need_a_model_and_a_key_or_an_endpoint()
    {
        Assert.False(new ChatEndpointOptions { Model = "m" }.IsConfigured);
        Assert.False(new ChatEndpointOptions { ApiKey = new Secret("k") }.IsConfigured);
        Assert.False(new ChatEndpointOptions { Model = "m", ApiKey = new Secret(" ") }.IsConfigured);
        Assert.True(new ChatEndpointOptions { Model = "m", ApiKey = new Secret("k") }.IsConfigured);
        Assert.True(new ChatEndpointOptions { Model = "m", Endpoint = "http://localhost:1/v1" }.IsConfigured);
    }

    [Fact]
    public void Name_the_path_of_everything_wrong()
    {
        var options = new ChatEndpointOptions
        {
            Endpoint = "ftp://x",
            Timeout = TimeSpan.Zero,
            MaxOutputTokens = 0,
            MaxOutputTokensField = "tokens",
            InputPricePerMillionTokens = -1,
            OutputPricePerMillionTokens = 20_000,
            ApiKey = new Secret("two words"),
        };

        Assert.Equal(
            ["Timeout", "MaxOutputTokens", "InputPricePerMillionTokens", "OutputPricePerMillionTokens"],
            Problems(options).Select(problem => problem.Split(' ')[0]["Ipo:X:".Length..]));
        var inRange = new ChatEndpointOptions
        {
            Endpoint = options.Endpoint,
            MaxOutputTokensField = options.MaxOutputTokensField,
            ApiKey = options.ApiKey,
        };
        Assert.Equal(
            ["Endpoint", "MaxOutputTokensField", "ApiKey"],
            Problems(inRange).Select(problem => problem.Split(' ')[0]["Ipo:X:".Length..]));
        Assert.DoesNotContain(Problems(inRange), fault => fault.Contains("two words", StringComparison.Ordinal));
    }

    [Fact]
    public void Refuse_one_price_without_the_other()
    {
        Assert.Equal(
            "Ipo:X:OutputPricePerMillionTokens is not set and InputPricePerMillionTokens is 0.15, so a budget in money would count one side alone; set both, or neither.",
            Assert.Single(Problems(new ChatEndpointOptions { InputPricePerMillionTokens = 0.15m })));
        Assert.Equal(
            "Ipo:X:InputPricePerMillionTokens is not set and OutputPricePerMillionTokens is 0.6, so a budget in money would count one side alone; set both, or neither.",
            Assert.Single(Problems(new ChatEndpointOptions { OutputPricePerMillionTokens = 0.6m })));
        Assert.Empty(Problems(new ChatEndpointOptions { InputPricePerMillionTokens = 0.000001m, OutputPricePerMillionTokens = 0.6m }));
    }

    [Theory]
    [InlineData("https://user:password@host/v1")]
    [InlineData("https://host/v1?api-key=secret")]
    [InlineData("host/v1")]
    public void Refuse_an_address_that_could_hold_a_secret_and_do_not_repeat_it(string address)
    {
        var fault = Assert.Single(Problems(new ChatEndpointOptions { Endpoint = address }));

        Assert.DoesNotContain(address, fault, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Problems(ChatEndpointOptions options) => SettingRules.Problems("Ipo:X", options);
}
