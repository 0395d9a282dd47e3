using Google.Rpc;
using Grpc.Core;
using Ipo.Keys;
using Ipo.Orchestrator.Configuration;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.Orchestrator.Access;

/// <summary>Attacks on one orchestrator that asks who calls: keys in a file, and an identity provider.</summary>
public abstract class AccessTest : IAsyncLifetime
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected TempFolder Folder { get; } = new();

    private protected FakeServices Fakes { get; private set; } = null!;

    private protected IdentityProvider Provider { get; private set; } = null!;

    private protected OrchestratorLab Lab { get; private set; } = null!;

    private protected string KeysPath => Path.Combine(Folder, "keys.json");

    /// <summary>The keys of the file; a change is written with <see cref="WriteKeys"/>.</summary>
    private protected List<ApiKey> Keys { get; } = [];

    public async ValueTask InitializeAsync()
    {
        Fakes = await FakeServices.StartAsync();
        Provider = await IdentityProvider.StartAsync();
        WriteKeys();
        Lab = await StartAsync();
        await PrepareAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Lab.DisposeAsync();
        await Provider.DisposeAsync();
        await Fakes.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops the orchestrator and starts one over the same folder.</summary>
    private protected async Task RestartAsync(Action between)
    {
        await Lab.DisposeAsync();
        between();
        Lab = await StartAsync();
    }

    private Task<OrchestratorLab> StartAsync() =>
        OrchestratorLab.StartAsync(Folder, Fakes, services: services => services.Configure<AccessOptions>(access =>
        {
            access.KeysFile = KeysPath;
            access.Jwt.Authority = Provider.Address;
            access.Jwt.Audience = IdentityProvider.Audience;
            Configure(access);
        }));

    private protected virtual Task PrepareAsync() => Task.CompletedTask;

    private protected virtual void Configure(AccessOptions access)
    {
    }

    private protected void WriteKeys() => KeysFile.Write(KeysPath, Keys);

    /// <summary>Hands out a key.</summary>
    /// <returns>Its token.</returns>
    private protected string KeyFor(Role role, string tenant = TenantName.Local, DateTimeOffset? expires = null, string name = "tester")
    {
        var (key, token) = ApiKey.Create(name, role, tenant, DateTimeOffset.UtcNow, expires);
        Keys.Add(key);
        WriteKeys();
        return token;
    }

    private protected static Metadata Header(string token) => new() { { "authorization", $"Bearer {token}" } };

    /// <summary>A request of HTTP with a token; none where it is null.</summary>
    private protected static HttpRequestMessage Request(HttpMethod method, string path, string? token, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        if (token is not null) request.Headers.TryAddWithoutValidation("authorization", $"Bearer {token}");
        return request;
    }

    /// <summary>Calls what must be refused over gRPC.</summary>
    private protected static async Task<string> RefusedAsync(StatusCode code, string reason, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        var info = refused.GetRpcStatus()?.GetDetail<ErrorInfo>();
        Assert.Equal((code, reason), (refused.StatusCode, info?.Reason));
        return refused.Status.Detail;
    }

    /// <summary>Lists runs with what stands in the header after <c>authorization:</c>, which must be refused.</summary>
    private protected Task<string> RefusedAsync(StatusCode code, string reason, string header) => RefusedAsync(
        code, reason, async () => await Lab.Client.Runs.ListRunsAsync(
            new(), new Metadata { { "authorization", header } }, cancellationToken: Cancellation));

    /// <summary>Lists runs with a token, which must be let in.</summary>
    private protected async Task LetInAsync(string token) =>
        await Lab.Client.Runs.ListRunsAsync(new(), Header(token), cancellationToken: Cancellation);
}
