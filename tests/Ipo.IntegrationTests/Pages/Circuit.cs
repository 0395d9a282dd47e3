using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace Ipo.IntegrationTests.Pages;

/// <summary>A page that is open as a browser has it, without the browser: it gets every change and says that it has drawn it, so that what
/// many pages cost the services can be told from what drawing costs a machine with browsers on it.</summary>
/// <remarks>What is said is what <c>blazor.web.js</c> of ASP.NET Core says: the page's components are added to a circuit, and each batch
/// is acknowledged.</remarks>
internal sealed partial class Circuit : IAsyncDisposable
{
    private readonly HubConnection _hub;
    private readonly HttpClientHandler _cookies;
    private readonly Lock _waiting = new();
    private readonly List<(byte[] Text, TaskCompletionSource Seen)> _awaited = [];
    private long _bytes;

    private Circuit(HubConnection hub, HttpClientHandler cookies)
    {
        (_hub, _cookies) = (hub, cookies);
        _hub.On<long, byte[]>("JS.RenderBatch", DrawAsync);
        _hub.On<string>("JS.Error", Fail);
        _hub.Closed += fault =>
        {
            Fail(fault?.Message ?? "The circuit was closed.");
            return Task.CompletedTask;
        };
    }

    /// <summary>What was sent to be drawn.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Opens a page and leaves it open.</summary>
    public static async Task<Circuit> OpenAsync(Uri page, CancellationToken cancellation)
    {
        var cookies = new HttpClientHandler { CookieContainer = new CookieContainer() };
        using var http = new HttpClient(cookies, disposeHandler: false);
        var html = await http.GetStringAsync(page, cancellation);
        var state = State().Match(html).Groups["state"].Value;
        var components = Component().Matches(html).Select((match, number) => new
        {
            type = "add",
            ssrComponentId = number + 1,
            marker = JsonSerializer.Deserialize<JsonElement>(match.Groups["marker"].Value),
        }).ToList();
        var root = new Uri(page, "/");
        var builder = new HubConnectionBuilder().WithUrl(new Uri(root, "_blazor"), options =>
        {
            options.SkipNegotiation = true;
            options.Transports = HttpTransportType.WebSockets;
            options.Cookies = cookies.CookieContainer;
        });
        builder.Services.AddSingleton<IHubProtocol, Packed>();
        var circuit = new Circuit(builder.Build(), cookies);
        try
        {
            await circuit._hub.StartAsync(cancellation);
            var id = await circuit._hub.InvokeAsync<string?>("StartCircuit", root.ToString(), page.ToString(), "[]", state, cancellation);
            if (id is null) throw new InvalidOperationException($"{page} has no circuit: it has another state than it was sent with.");
            await circuit._hub.SendAsync(
                "UpdateRootComponents", JsonSerializer.Serialize(new { batchId = 1, operations = components }), state, cancellation);
            return circuit;
        }
        catch
        {
            await circuit.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends once a text was sent to be drawn.</summary>
    public Task SeesAsync(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiting) _awaited.Add((System.Text.Encoding.UTF8.GetBytes(text), seen));
        return seen.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _cookies.Dispose();
    }

    private async Task DrawAsync(long number, byte[] batch)
    {
        Interlocked.Add(ref _bytes, batch.Length);
        lock (_waiting)
            foreach (var (text, seen) in _awaited)
                if (batch.AsSpan().IndexOf(text) >= 0) seen.TrySetResult();
        await _hub.SendAsync("OnRenderCompleted", number, null as string);
    }

    private void Fail(string fault)
    {
        lock (_waiting)
            foreach (var (_, seen) in _awaited) seen.TrySetException(new InvalidOperationException(fault));
    }

    [GeneratedRegex("<!--Blazor-Server-Component-State:(?<state>[^-]+)-->")]
    private static partial Regex State();

    // One that closes a component has its prerenderId alone.
    [GeneratedRegex("<!--Blazor:(?<marker>\\{\"type\":\"server\".*?\\})-->")]
    private static partial Regex Component();

    /// <summary>MessagePack under the name that the pages' hub knows.</summary>
    private sealed class Packed : IHubProtocol
    {
        private readonly MessagePackHubProtocol _packed = new();

        public string Name => "blazorpack";

        public int Version => 1;

        public TransferFormat TransferFormat => _packed.TransferFormat;

        public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => _packed.GetMessageBytes(message);

        public bool IsVersionSupported(int version) => version == Version;

        public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message) =>
            _packed.TryParseMessage(ref input, binder, out message);

        public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => _packed.WriteMessage(message, output);
    }
}
