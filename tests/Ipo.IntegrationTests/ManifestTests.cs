using System.Text.Json;
using Xunit;

namespace Ipo.IntegrationTests;

/// <summary>What Aspire's tools publish of the composition.</summary>
public sealed class ManifestTests
{
    private static readonly string[] Services = ["clip-scorer", "captioner", "prompt-gen", "orchestrator"];

    [Fact]
    public async Task The_manifest_speaks_http2_to_gRPC_alone_opens_the_orchestrator_and_the_pages_alone_and_holds_no_secret()
    {
        using var manifest = await PublishedManifest.OfAsync(("IPO_OPENAI_KEY", "canary-key"), ("IPO_OPENAI_MODEL", "some-model"), ("ConnectionStrings__redis", "host:1,password=canary-password"));
        var resources = manifest.RootElement.GetProperty("resources");

        foreach (var service in Services)
        {
            var bindings = resources.GetProperty(service).GetProperty("bindings");
            Assert.Equal(("http2", "http"), (Transport(bindings, "grpc"), Transport(bindings, "http")));
            foreach (var binding in bindings.EnumerateObject())
                Assert.Equal(service == "orchestrator", binding.Value.TryGetProperty("external", out var external) && external.GetBoolean());
            Assert.Equal("any", Variable(resources, service, "IPO_BIND"));
            foreach (var (endpoint, variable) in (ReadOnlySpan<(string, string)>)[("grpc", "IPO_GRPC_PORT"), ("http", "IPO_HTTP_PORT")])
                Assert.Equal($"{{{service}.bindings.{endpoint}.targetPort}}", Variable(resources, service, variable));
        }
        Assert.True(resources.GetProperty("web").GetProperty("bindings").GetProperty("http").GetProperty("external").GetBoolean());
        Assert.Equal("any", Variable(resources, "web", "IPO_BIND"));
        Assert.Equal("{clip-scorer.bindings.grpc.url}", Variable(resources, "orchestrator", "services__clip-scorer__grpc__0"));
        Assert.Equal("{redis.connectionString}", Variable(resources, "clip-scorer", "ConnectionStrings__redis"));
        Assert.Equal("{openai-key.value}", Variable(resources, "prompt-gen", "Ipo__PromptGen__OpenAI__ApiKey"));
        Assert.Equal("some-model", Variable(resources, "prompt-gen", "Ipo__PromptGen__OpenAI__Model"));
        Assert.True(resources.GetProperty("openai-key").GetProperty("inputs").GetProperty("value").GetProperty("secret").GetBoolean());
        // Nothing of this machine: neither its folders nor the sample.
        var text = manifest.RootElement.GetRawText();
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), text, StringComparison.Ordinal);
        Assert.False(resources.TryGetProperty("sample", out _));
    }

    [Fact]
    public async Task A_key_goes_to_no_service_that_asks_no_model()
    {
        using var manifest = await PublishedManifest.OfAsync(("IPO_OPENAI_KEY", "canary-key"));
        Assert.DoesNotContain("ApiKey", manifest.RootElement.GetRawText(), StringComparison.Ordinal);
        using var seeing = await PublishedManifest.OfAsync(("IPO_OPENAI_KEY", "canary-key"), ("IPO_OPENAI_VISION_MODEL", "some-model"));
        var resources = seeing.RootElement.GetProperty("resources");
        Assert.Equal("{openai-key.value}", Variable(resources, "captioner", "Ipo__Captioner__OpenAI__ApiKey"));
        foreach (var other in Services.Except(["captioner"]))
            Assert.DoesNotContain("openai-key", resources.GetProperty(other).GetRawText(), StringComparison.Ordinal);
    }

    private static string? Transport(JsonElement bindings, string endpoint) => bindings.GetProperty(endpoint).GetProperty("transport").GetString();

    private static string? Variable(JsonElement resources, string service, string name) => resources.GetProperty(service).GetProperty("env").GetProperty(name).GetString();
}
