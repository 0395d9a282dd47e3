using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Ipo.IntegrationTests.Faults;

/// <summary>Stands between a caller and a service, lets every byte of HTTP/2 (RFC 9113) pass, and says when a whole request and a whole answer
/// go by; what it is told to wait for holds them.</summary>
/// <param name="name">The service.</param>
/// <param name="target">The service's port.</param>
/// <param name="passes">Told of each boundary.</param>
internal sealed partial class CallTap(string name, int target, Func<string, Task> passes) : IDisposable
{
    private const int Preface = 24;
    private const int FrameHeader = 9;
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte EndStream = 1;

    private TcpListener? _listener;

    /// <summary>Where callers reach the service.</summary>
    public int Port { get; } = ServiceProcess.FreePort();

    /// <summary>Takes connections.</summary>
    public void Open()
    {
        var listener = _listener = new(IPAddress.Loopback, Port);
        listener.Start();
        _ = AcceptAsync(listener);
    }

    /// <summary>Refuses connections, as the port of a service that is gone does.</summary>
    public void Close() => _listener?.Stop();

    public void Dispose() => _listener?.Dispose();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true) _ = ConnectAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException) { }
    }

    private async Task ConnectAsync(TcpClient caller)
    {
        using var service = new TcpClient { NoDelay = true };
        caller.NoDelay = true;
        var requests = new ConcurrentDictionary<int, MemoryStream>();
        var calls = new ConcurrentDictionary<int, string>();
        try
        {
            await service.ConnectAsync(IPAddress.Loopback, target);
            await await Task.WhenAny(
                PumpAsync(caller.GetStream(), service.GetStream(), isRequest: true), PumpAsync(service.GetStream(), caller.GetStream(), isRequest: false));
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException) { } // one of them ended: so does the other
        finally
        {
            caller.LingerState = new(true, 0); // a reset, as of a process that died
            caller.Dispose();
        }

        async Task PumpAsync(NetworkStream from, NetworkStream to, bool isRequest)
        {
            if (isRequest) await to.WriteAsync(await ReadAsync(from, Preface));
            while (true)
            {
                var header = await ReadAsync(from, FrameHeader);
                var payload = await ReadAsync(from, (header[0] << 16) | (header[1] << 8) | header[2]);
                var (kind, ends, stream) = (header[3], (header[4] & EndStream) != 0, BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)) & int.MaxValue);
                if (isRequest && kind == Data) requests.GetOrAdd(stream, _ => new()).Write(payload);
                if (isRequest && kind == Data && ends && requests.TryRemove(stream, out var request))
                    await passes($"{name} is asked {calls[stream] = Digest(request.ToArray())}");
                var isAnswer = !isRequest && kind is Headers && ends && calls.ContainsKey(stream);
                if (isAnswer) await passes($"{name} has answered {calls[stream]}");
                await to.WriteAsync((byte[])[.. header, .. payload]);
                if (isAnswer && calls.TryRemove(stream, out var answered)) await passes($"{name}'s answer has come {answered}");
            }
        }
    }

    private static async Task<byte[]> ReadAsync(NetworkStream from, int count)
    {
        var bytes = new byte[count];
        await from.ReadExactlyAsync(bytes);
        return bytes;
    }

    // What a call asks for, without the time at which its run was created: equal in every run of the same settings.
    private static string Digest(byte[] request) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.Latin1.GetBytes(Times().Replace(Encoding.Latin1.GetString(request), ""))))[..8];

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+00:00")]
    private static partial Regex Times();
}
