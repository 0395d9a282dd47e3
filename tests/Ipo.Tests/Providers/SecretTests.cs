using System.Text.Json;
using Ipo.Providers;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Ipo.Tests.Providers;

public sealed class SecretTests
{
    private const string Key = "sk-canary-3f9a1c77e2";

    [Fact]
    public void Is_read_from_configuration_and_shown_nowhere()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ApiKey", $" {Key}\n"), new("Model", "m")]).Build();
        var options = configuration.Get<ChatEndpointOptions>()!;

        Assert.Equal(Key, options.ApiKey.Reveal());
        Assert.True(options.IsConfigured);
        Assert.Contains("***", options.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, options + JsonSerializer.Serialize(options), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sk-canary-3f9a1c77e2", true)]
    [InlineData("the key sk-canar… is wrong", true)]
    [InlineData("ends in 1c77e2", false)]
    [InlineData("ends in 9a1c77e2", true)]
    [InlineData("", false)]
    public void Knows_itself_in_pieces(string text, bool found) => Assert.Equal(found, new Secret(Key).IsIn(text));

    [Fact]
    public void Is_in_no_text_when_there_is_none() => Assert.False(Secret.None.IsIn("anything"));
}
