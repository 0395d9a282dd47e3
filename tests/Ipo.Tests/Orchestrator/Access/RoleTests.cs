using System.Net;
using System.Text;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Mcp;
using Ipo.Orchestrator.Runs;
using Ipo.Tests.Fakes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Xunit;
using Role = Ipo.Keys.Role;

namespace Ipo.Tests.Orchestrator.Access;

public sealed class RoleTests : AccessTest
{
    // What is open to everybody, and holds no data.
    private static readonly string[] Open =
        ["/health/live", "/health/ready", "/protos.zip", "/grpc.health.v1.Health/", "/grpc.reflection."];

    [Fact]
    public async Task Every_address_of_the_service_says_its_role_or_is_known_to_be_open()
    {
        string[] services = ["clip-scorer", "captioner", "prompt-gen"];
        await using var service = new InProcessService<RunHost>(services
            .ToDictionary(name => $"services:{name}:grpc:0", _ => (string?)"http://127.0.0.1:1")
            .Append(new("Ipo:Orchestrator:DataDirectory", System.IO.Path.Combine(Folder, "other"))).ToDictionary());
        var endpoints = service.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => !endpoint.RoutePattern.RawText!.Contains("{unimplemented", StringComparison.Ordinal)).ToList();
        Assert.True(endpoints.Count > 60, $"only {endpoints.Count} addresses were found");
        Assert.Equal([], endpoints.Where(endpoint => IsOpen(endpoint)
            ? !Open.Any(path => Path(endpoint).StartsWith(path, StringComparison.Ordinal))
            : endpoint.Metadata.GetOrderedMetadata<ForRoleAttribute>().Count == 0).Select(Path));
        // Each RPC of the contract is among them, so none is missed.
        var rpcs = Http.HttpApiTests.Contracts.Where(file => file.Package == "ipo.v1").SelectMany(file => file.Services)
            .SelectMany(one => one.Methods).Select(method => $"/{method.Service.FullName}/{method.Name}").ToList();
        Assert.Equal([], rpcs.Except(endpoints.Select(endpoint => $"/{endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName.TrimStart('/')}")));
    }

    [Fact]
    public void Every_tool_of_agents_says_its_role()
    {
        var tools = Lab.Services.GetServices<McpServerTool>().ToList();
        Assert.True(tools.Count >= 7, $"only {tools.Count} tools were found");
        Assert.All(tools, tool => Assert.Single(tool.Metadata.OfType<ToolForRoleAttribute>()));
    }

    [Fact]
    public async Task Reading_takes_read_starting_takes_run_and_deleting_takes_admin()
    {
        var (read, run, admin) = (Header(KeyFor(Role.Read)), Header(KeyFor(Role.Run)), Header(KeyFor(Role.Admin)));
        await RefusedAsync(StatusCode.PermissionDenied, "ROLE_LACKING", async () =>
            await Lab.Client.Runs.CreateRunAsync(new() { Settings = new() { Dataset = "x" } }, read, cancellationToken: Cancellation));
        await RefusedAsync(StatusCode.NotFound, "DATASET_NOT_FOUND", async () =>
            await Lab.Client.Runs.CreateRunAsync(new() { Settings = new() { Dataset = "x" } }, run, cancellationToken: Cancellation));
        foreach (var less in (Metadata[])[read, run])
        {
            var words = await RefusedAsync(StatusCode.PermissionDenied, "ROLE_LACKING", async () =>
                await Lab.Client.Runs.DeleteRunAsync(new() { RunId = "x" }, less, cancellationToken: Cancellation));
            Assert.StartsWith("This takes the role 'admin'; the caller's is 'r", words, StringComparison.Ordinal);
        }
        await RefusedAsync(StatusCode.NotFound, "RUN_NOT_FOUND", async () =>
            await Lab.Client.Runs.DeleteRunAsync(new() { RunId = "x" }, admin, cancellationToken: Cancellation));
        using var upload = Lab.Client.Uploads.UploadFiles(read, cancellationToken: Cancellation);
        await RefusedAsync(StatusCode.PermissionDenied, "ROLE_LACKING", async () => await upload);
        using var watch = Lab.Client.Runs.WatchRun(new() { RunId = "x" }, cancellationToken: Cancellation);
        await RefusedAsync(StatusCode.Unauthenticated, "TOKEN_MISSING", () => watch.ResponseStream.MoveNext(Cancellation));
    }

    [Theory]
    [InlineData("GET", "/v1/runs", Role.Read)]
    [InlineData("GET", "/v1/runs/x/events", Role.Read)]
    [InlineData("GET", "/runs/x/report.md", Role.Read)]
    [InlineData("GET", "/reports/latest.md", Role.Read)]
    [InlineData("POST", "/v1/uploads", Role.Run)]
    [InlineData("PUT", "/v1/uploads/0000000000000000000000000000000000000000000000000000000000000000", Role.Run)]
    [InlineData("POST", "/v1/runs", Role.Run)]
    [InlineData("DELETE", "/v1/runs/x", Role.Admin)]
    [InlineData("DELETE", "/v1/datasets/x", Role.Admin)]
    public async Task Over_HTTP_it_is_the_same(string method, string path, Role needed)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(null));
        foreach (var role in Enum.GetValues<Role>())
        {
            var status = await StatusAsync(KeyFor(role));
            Assert.Equal(role < needed, status is HttpStatusCode.Forbidden);
            Assert.NotEqual(HttpStatusCode.Unauthorized, status);
        }

        async Task<HttpStatusCode> StatusAsync(string? token)
        {
            using var content = method is "GET" or "DELETE" ? null : new StringContent("{}", Encoding.UTF8, "application/json");
            using var response = await Lab.Http.SendAsync(Request(new(method), path, token, content), Cancellation);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Over_gRPC_Web_it_is_the_same()
    {
        using var channel = GrpcChannel.ForAddress(
            Lab.Http.BaseAddress!, new() { HttpHandler = new GrpcWebHandler(GrpcWebMode.GrpcWebText, Lab.Handler) });
        var client = new V1.IpoClient(channel);
        await RefusedAsync(StatusCode.Unauthenticated, "TOKEN_MISSING", async () =>
            await client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation));
        await RefusedAsync(StatusCode.PermissionDenied, "ROLE_LACKING", async () =>
            await client.Runs.DeleteRunAsync(new() { RunId = "x" }, Header(KeyFor(Role.Run)), cancellationToken: Cancellation));
        await client.Runs.ListRunsAsync(new(), Header(KeyFor(Role.Read)), cancellationToken: Cancellation);
    }

    [Fact]
    public async Task For_agents_it_is_the_same()
    {
        using var nobody = await Lab.Http.PostAsync("/mcp", new StringContent("{}", Encoding.UTF8, "application/json"), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        await using var reader = await ConnectAsync(KeyFor(Role.Read));
        var listed = await reader.CallToolAsync("list_datasets", cancellationToken: Cancellation);
        Assert.StartsWith("{", Assert.IsType<TextContentBlock>(listed.Content[0]).Text, StringComparison.Ordinal);
        var refused = await reader.CallToolAsync(
            "start_run", new Dictionary<string, object?> { ["dataset"] = "x" }, cancellationToken: Cancellation);
        Assert.True(refused.IsError);
        Assert.StartsWith("ROLE_LACKING: ", Assert.IsType<TextContentBlock>(refused.Content[0]).Text, StringComparison.Ordinal);
        await using var runner = await ConnectAsync(KeyFor(Role.Run));
        var missing = await runner.CallToolAsync(
            "start_run", new Dictionary<string, object?> { ["dataset"] = "x" }, cancellationToken: Cancellation);
        Assert.Contains("There is no dataset 'x'", Assert.IsType<TextContentBlock>(missing.Content[0]).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_address_is_told_to_those_who_may_and_to_nobody_else()
    {
        using var nobody = await Lab.Http.GetAsync("/nowhere", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        using var somebody = await Lab.Http.SendAsync(Request(HttpMethod.Get, "/nowhere", KeyFor(Role.Read)), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, somebody.StatusCode);
    }

    private Task<McpClient> ConnectAsync(string token) => McpClient.CreateAsync(
        new HttpClientTransport(
            new()
            {
                Endpoint = new Uri(Lab.Http.BaseAddress!, "/mcp"),
                AdditionalHeaders = new Dictionary<string, string> { ["authorization"] = $"Bearer {token}" },
            }, Lab.Http), cancellationToken: Cancellation);

    private static bool IsOpen(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    private static string Path(RouteEndpoint endpoint) => $"/{endpoint.RoutePattern.RawText!.TrimStart('/')}";
}
