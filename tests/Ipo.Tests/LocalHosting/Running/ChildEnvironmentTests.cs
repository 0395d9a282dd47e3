using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Ipo.LocalHosting.Running;
using Xunit;

namespace Ipo.Tests.LocalHosting.Running;

public sealed class ChildEnvironmentTests
{
    private readonly DistributedApplicationBuilder _builder = new([]);

    private static void Assign(IResourceBuilder<ProcessResource> resource, int first)
    {
        foreach (var endpoint in resource.Resource.Endpoints)
        {
            endpoint.Assign([.. Enumerable.Range(first, resource.Resource.Replicas)]);
            first += 100;
        }
    }

    [Fact]
    public async Task A_reference_gives_the_addresses_of_every_endpoint_and_replica()
    {
        var scorer = _builder.AddService("clip-scorer").WithReplicas(2);
        var caller = _builder.AddService("orchestrator").WithReference(scorer);
        Assign(scorer, 21000);
        Assign(caller, 22000);
        var variables = await ChildEnvironment.Of(caller.Resource, 0, "http://127.0.0.1:4317");
        Assert.Equal(
            [
                "services__clip-scorer__grpc__0=http://127.0.0.1:21000", "services__clip-scorer__grpc__1=http://127.0.0.1:21001",
                "services__clip-scorer__http__0=http://127.0.0.1:21100", "services__clip-scorer__http__1=http://127.0.0.1:21101",
            ],
            variables.Where(one => one.Key.StartsWith("services__", StringComparison.Ordinal)).Select(one => $"{one.Key}={one.Value}").Order());
    }

    [Fact]
    public async Task Each_replica_is_told_its_own_ports_and_who_it_is_in_telemetry()
    {
        var scorer = _builder.AddService("clip-scorer").WithReplicas(2);
        Assign(scorer, 21000);
        var variables = await ChildEnvironment.Of(scorer.Resource, 1, "http://127.0.0.1:4317");
        Assert.Equal("21001", variables["IPO_GRPC_PORT"]);
        Assert.Equal("21101", variables["IPO_HTTP_PORT"]);
        Assert.Equal("clip-scorer", variables["OTEL_SERVICE_NAME"]);
        Assert.Equal("service.instance.id=clip-scorer-1", variables["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.Equal("http://127.0.0.1:4317", variables["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal("1", variables["IPO_STOP_WHEN_STDIN_CLOSES"]);
        Assert.EndsWith("127.0.0.1,localhost", variables["NO_PROXY"]);
    }

    [Fact]
    public async Task A_connection_string_comes_from_configuration_or_from_an_endpoint()
    {
        _builder.Configuration["ConnectionStrings:database"] = "Host=db;Password=p";
        var cache = _builder.AddService("cache");
        var address = _builder.AddConnectionString("cache-address", ReferenceExpression.Create($"{cache.GetEndpoint("http").Property(EndpointProperty.HostAndPort)},ssl=false"));
        var caller = _builder.AddService("caller").WithReference(address, connectionName: "redis").WithReference(_builder.AddConnectionString("database"));
        Assign(cache, 21000);
        Assign(caller, 22000);
        var variables = await ChildEnvironment.Of(caller.Resource, 0, "");
        Assert.Equal("127.0.0.1:21100,ssl=false", variables["ConnectionStrings__redis"]);
        Assert.Equal("Host=db;Password=p", variables["ConnectionStrings__database"]);
    }

    [Fact]
    public async Task Settings_may_be_text_an_endpoint_an_expression_or_a_parameter()
    {
        _builder.Configuration["Parameters:openai_key"] = "canary";
        var other = _builder.AddService("other");
        var service = _builder.AddService("service")
            .WithEnvironment("A", "text")
            .WithEnvironment("B", other.GetEndpoint("http"))
            .WithEnvironment("C", ReferenceExpression.Create($"{other.GetEndpoint("grpc").Property(EndpointProperty.Port)}!"))
            .WithEnvironment("D", _builder.AddParameter("openai-key", secret: true));
        Assign(other, 21000);
        Assign(service, 22000);
        var variables = await ChildEnvironment.Of(service.Resource, 0, "");
        Assert.Equal(["text", "http://127.0.0.1:21100", "21000!", "canary"], "ABCD".Select(name => variables[name.ToString()]));
    }

    [Fact]
    public async Task A_parameter_without_value_says_where_to_set_it()
    {
        var service = _builder.AddTask("service", 0).WithEnvironment("KEY", _builder.AddParameter("openai-key", secret: true));
        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => ChildEnvironment.Of(service.Resource, 0, ""));
        Assert.Equal("Parameter 'openai-key' has no value; set Parameters:openai-key in the AppHost's configuration, or the variable Parameters__openai_key.", refusal.Message);
    }

    [Fact]
    public async Task A_connection_string_without_value_says_where_to_set_it_unless_it_is_optional()
    {
        var source = _builder.AddConnectionString("redis");
        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => ChildEnvironment.Of(_builder.AddTask("one", 0).WithReference(source).Resource, 0, ""));
        Assert.Contains("ConnectionStrings__redis", refusal.Message);
        var without = await ChildEnvironment.Of(_builder.AddTask("two", 0).WithReference(source, optional: true).Resource, 0, "");
        Assert.DoesNotContain("ConnectionStrings__redis", without.Keys);
    }

    [Theory]
    [InlineData("PATH", "/usr/bin", true)]
    [InlineData("Ipo__ClipScorer__ImageBatch", "8", true)]
    [InlineData("ASPIRE_ALLOW_UNSECURED_TRANSPORT", "true", false)]
    [InlineData("DOTNET_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:1", false)]
    [InlineData("ASPNETCORE_URLS", "http://localhost:15170", false)]
    [InlineData("Parameters__openai_key", "anything", false)]
    [InlineData("IPO_OPENAI_KEY", "canary", false)]
    public void What_steers_the_host_and_what_holds_a_secret_is_not_inherited(string name, string value, bool kept) =>
        Assert.Equal(kept, ChildEnvironment.IsKept(name, value, new HashSet<string> { "canary" }));
}
