using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Attacks;

/// <summary>Attacks on connections, before anybody is asked who calls.</summary>
public sealed class ConnectionAttackTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private FakeServices _fakes = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _fakes = await FakeServices.StartAsync();
        Directory.CreateDirectory(Path.Combine(_folder, "data"));
    }

    public async ValueTask DisposeAsync()
    {
        await _fakes.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Of_ten_thousand_idle_connections_of_one_address_its_share_is_held_and_closed_when_it_stays_idle()
    {
        const int Sent = 10_000, Share = 500;
        await using var service = await StartAsync(("Ipo:Connections:MostPerAddress", $"{Share}"), ("Ipo:Connections:IdleTimeout", "00:00:20"));
        var open = new List<Socket>();
        var closed = 0;
        for (var sent = 0; sent < Sent; sent++)
        {
            try { open.Add(await ServedOrchestrator.ConnectAsync(sent % 2 == 0 ? service.Http : service.Grpc)); }
            catch (SocketException) { closed++; } // before its client knew that it was open
            if (open.Count >= 2 * Share) closed += Sweep(open); // this process has to hold both ends
        }
        while (open.Count > Share)
        {
            closed += Sweep(open);
            await Task.Delay(10, Cancellation);
        }
        Assert.Equal((Share, Sent - Share), (open.Count, closed));
        await service.AnswersAsync();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{Sent} connections, {open.Count} held, {closed} closed at once; {Environment.WorkingSet / 1024 / 1024} MiB in this process of tests");
        foreach (var socket in open)
        {
            await ServedOrchestrator.ReadToEndAsync(socket);
            socket.Dispose();
        }
        await service.AnswersAsync();
        using var again = await ServedOrchestrator.ConnectAsync(service.Http);
        await again.SendAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray(), Cancellation);
        Assert.StartsWith("HTTP/1.1 200 ", Text(await ServedOrchestrator.ReadToEndAsync(again)), StringComparison.Ordinal);

        static int Sweep(List<Socket> sockets) => sockets.RemoveAll(socket =>
        {
            if (!socket.Poll(0, SelectMode.SelectRead) || socket.Available > 0) return false;
            socket.Dispose();
            return true;
        });
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n", "X: a\r\n")]
    [InlineData("", "G")]
    public async Task Headers_that_come_by_the_letter_end_the_connection(string begin, string letter)
    {
        await using var service = await StartAsync(("Ipo:Connections:HeadersTimeout", "00:00:01"), ("Ipo:Connections:IdleTimeout", "00:00:01"));
        using var socket = await ServedOrchestrator.ConnectAsync(service.Http);
        await socket.SendAsync(Encoding.ASCII.GetBytes(begin), Cancellation);
        var answer = await EndedAsync(socket, Encoding.ASCII.GetBytes(letter));
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), answer);
        await service.AnswersAsync();
    }

    [Fact]
    public async Task A_body_that_comes_by_the_letter_ends_the_request()
    {
        await using var service = await StartAsync(("Ipo:Connections:SlowGrace", "00:00:01.500"));
        using var socket = await ServedOrchestrator.ConnectAsync(service.Http);
        await socket.SendAsync(
            "POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"u8.ToArray(), Cancellation);
        var answer = await EndedAsync(socket, "{"u8.ToArray());
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), answer);
        await service.AnswersAsync();
    }

    [Fact]
    public async Task An_answer_that_is_not_read_ends_the_connection()
    {
        const int Bytes = 20 * 1024 * 1024 - 100;
        _folder.Write("data/big/a/1.png", TinyDataset.Image(new string('x', Bytes)));
        foreach (var name in (string[])["a/2", "b/1", "b/2"]) _folder.Write($"data/big/{name}.png", TinyDataset.Image(name));
        await using var service = await StartAsync(("Ipo:Connections:SlowGrace", "00:00:01.500"), ("Ipo:Connections:SlowestBytesPerSecond", "1000000"));
        using var channel = GrpcChannel.ForAddress(service.Grpc);
        var client = new V1.IpoClient(channel);
        await client.Datasets.RegisterDatasetAsync(new() { Path = "big" }, cancellationToken: Cancellation);
        var images = (await client.Datasets.ListImagesAsync(new() { Name = "big" }, cancellationToken: Cancellation)).Images;
        using var metrics = new MetricRecorder(service.Services);
        using var socket = await ServedOrchestrator.ConnectAsync(service.Http);
        socket.ReceiveBufferSize = 4096;
        await socket.SendAsync(
            Encoding.ASCII.GetBytes(
                $"GET /v1/datasets/big/images/{images.Single(image => image.Path == "a/1.png").Sha256} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            Cancellation);
        await OrchestratorLab.UntilAsync(() => metrics.Of("kestrel.active_connections").Any(line => line.StartsWith("-1", StringComparison.Ordinal)));
        Assert.InRange((await ServedOrchestrator.ReadToEndAsync(socket)).Length, 0, Bytes - 1);
        await service.AnswersAsync();
    }

    [Fact]
    public async Task Two_hundred_streams_that_nobody_reads_hold_up_nobody()
    {
        TinyDataset.Write(_folder, "data/tiny");
        await using var service = await StartAsync();
        using var attacker = GrpcChannel.ForAddress(service.Grpc);
        using var channel = GrpcChannel.ForAddress(service.Grpc);
        var client = new V1.IpoClient(channel);
        await client.Datasets.RegisterDatasetAsync(new() { Path = "tiny" }, cancellationToken: Cancellation);
        var gate = new TaskCompletionSource();
        _fakes.PromptGen.Instead = async _ => { await gate.Task; return null; };
        await client.Runs.CreateRunAsync(
            new() { RunId = "run", Settings = new() { Dataset = "tiny", Steps = 10, Shots = 1 } }, cancellationToken: Cancellation);
        var streams = Enumerable.Range(0, 200)
            .Select(_ => new V1.IpoClient(attacker).Runs.WatchRun(new() { RunId = "run" }, cancellationToken: Cancellation)).ToList();
        await Task.WhenAll(streams.Select(stream => stream.ResponseHeadersAsync));
        gate.SetResult();
        using var watch = client.Runs.WatchRun(new() { RunId = "run" }, cancellationToken: Cancellation);
        var last = await watch.ResponseStream.ReadAllAsync(Cancellation).LastAsync(Cancellation);
        Assert.Equal(V1.RunState.Completed, last.Run.State);
        foreach (var stream in streams) stream.Dispose();
        await client.Runs.GetRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
    }

    public static TheoryData<string, string> Floods => new()
    {
        { string.Concat(Enumerable.Range(0, 200).Select(at => $"X-{at}: a\r\n")), "HTTP/1.1 431 " },
        { $"X: {new string('a', 100_000)}\r\n", "HTTP/1.1 431 " },
        { string.Concat(Enumerable.Range(0, 90).Select(at => $"X-{at}: {new string('a', 500)}\r\n")), "HTTP/1.1 431 " },
    };

    [Theory]
    [MemberData(nameof(Floods))]
    public async Task Too_many_headers_or_too_long_ones_are_refused(string headers, string status)
    {
        await using var service = await StartAsync();
        using var socket = await ServedOrchestrator.ConnectAsync(service.Http);
        await SendAsync(socket, Encoding.ASCII.GetBytes($"GET /v1/runs HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"));
        Assert.StartsWith(status, Text(await ServedOrchestrator.ReadToEndAsync(socket)), StringComparison.Ordinal);
        await service.AnswersAsync();
    }

    [Fact]
    public async Task An_address_of_a_hundred_kilobytes_is_refused()
    {
        await using var service = await StartAsync();
        using var socket = await ServedOrchestrator.ConnectAsync(service.Http);
        await SendAsync(socket, Encoding.ASCII.GetBytes($"GET /v1/runs/{new string('a', 100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 414 ", Text(await ServedOrchestrator.ReadToEndAsync(socket)), StringComparison.Ordinal);
        await service.AnswersAsync();
    }

    [Fact]
    public async Task Headers_of_gRPC_without_an_end_are_told_to_calm_down()
    {
        await using var service = await StartAsync();
        using var socket = await ServedOrchestrator.ConnectAsync(service.Grpc);
        await SendAsync(socket, [.. Http2.Preface, .. Http2.Headers(1, ended: false)]);
        var more = Http2.Continuation(1, $"x{new string('a', 100)}", new string('b', 1000));
        await EndedAsync(socket, more, pause: TimeSpan.Zero);
        await service.AnswersAsync();
    }

    [Fact]
    public async Task A_thousand_calls_that_are_reset_at_once_end_the_connection()
    {
        await using var service = await StartAsync();
        const int Most = 100_000;
        using (var one = await ServedOrchestrator.ConnectAsync(service.Grpc)) // a call like those is one that is answered
        {
            await SendAsync(one, [.. Http2.Preface, .. Http2.Headers(1, ended: true)]);
            var answer = new byte[65_536];
            for (var read = 0; !Http2.Read(answer.AsSpan(0, read)).Exists(frame => frame.Type == Http2.HeadersType);)
            {
                var more = await one.ReceiveAsync(answer.AsMemory(read), Cancellation);
                Assert.NotEqual(0, more);
                read += more;
            }
        }
        using var socket = await ServedOrchestrator.ConnectAsync(service.Grpc);
        await SendAsync(socket, Http2.Preface);
        var ended = ServedOrchestrator.ReadToEndAsync(socket);
        var calls = 0;
        while (calls < Most && !ended.IsCompleted && await SendAsync(socket, [.. Http2.Headers(2 * calls + 1, ended: true), .. Http2.Reset(2 * calls + 1)])) calls++;
        Assert.InRange(calls, 1, Most - 1);
        Assert.All(Http2.Read(await ended).Where(frame => frame.Type == Http2.GoAway), frame => Assert.Equal(Http2.EnhanceYourCalm, frame.Error));
        TestContext.Current.TestOutputHelper!.WriteLine($"ended after {calls} calls");
        await service.AnswersAsync();
    }

    private Task<ServedOrchestrator> StartAsync(params (string Path, string Value)[] settings) =>
        ServedOrchestrator.StartAsync(_folder, _fakes, settings);

    private static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    // Sends the same again and again until the other side ends the connection.
    private static async Task<string> EndedAsync(Socket socket, byte[] more, TimeSpan? pause = null)
    {
        var ended = ServedOrchestrator.ReadToEndAsync(socket);
        while (!ended.IsCompleted && await SendAsync(socket, more)) await Task.WhenAny(ended, Task.Delay(pause ?? TimeSpan.FromMilliseconds(100), Cancellation));
        return Text(await ended);
    }

    private static async Task<bool> SendAsync(Socket socket, byte[] bytes)
    {
        try
        {
            for (var sent = 0; sent < bytes.Length;) sent += await socket.SendAsync(bytes.AsMemory(sent), Cancellation);
            return true;
        }
        catch (SocketException) { return false; } // closed by the other side
    }
}
