using System.Net;
using System.Net.Sockets;
using System.Text;
using Ipo.Cli.Connections;
using Ipo.Keys;
using Ipo.Orchestrator.Configuration;
using Ipo.Tests.Cli;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.Orchestrator.Access;

/// <summary><c>ipo</c> against an orchestrator that asks who calls, over a real connection.</summary>
public sealed class CommandLineTokenTests
{
    // gRPC's own library and grpc-js take a status from headers only where these end the stream; .NET's client is not so strict.
    [Fact]
    public async Task A_refusal_over_gRPC_is_one_frame_of_headers_that_ends_the_stream()
    {
        using var folder = new TempFolder();
        var keys = Path.Combine(folder, "keys.json");
        KeysFile.Write(keys, []);
        await using var fakes = await FakeServices.StartAsync();
        await using var lab = await StartAsync(folder, fakes, keys);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, new Uri(lab.Address).Port, TestContext.Current.CancellationToken);
        var stream = tcp.GetStream();
        byte[] headers =
        [
            .. Field(":method", "POST"), .. Field(":scheme", "http"), .. Field(":path", "/ipo.v1.RunService/ListRuns"),
            .. Field(":authority", "localhost"), .. Field("content-type", "application/grpc"), .. Field("te", "trailers"),
        ];
        await stream.WriteAsync(
            (byte[])
            [
                .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(type: 4, flags: 0, stream: 0, []), .. Frame(1, 4, 1, headers),
                .. Frame(0, 1, 1, [0, 0, 0, 0, 0]),
            ], TestContext.Current.CancellationToken);
        var (frame, content) = (new byte[9], Array.Empty<byte>());
        do
        {
            await stream.ReadExactlyAsync(frame, TestContext.Current.CancellationToken);
            content = new byte[(frame[0] << 16) | (frame[1] << 8) | frame[2]];
            await stream.ReadExactlyAsync(content, TestContext.Current.CancellationToken);
        }
        while (frame[8] == 0); // what is of the connection
        Assert.Equal((1, 5), (frame[3], frame[4])); // HEADERS, END_HEADERS and END_STREAM
        Assert.Contains("Say who calls: send the header 'authorization: Bearer TOKEN'", Encoding.ASCII.GetString(content), StringComparison.Ordinal);

        // A literal of HPACK, neither indexed nor compressed.
        static byte[] Field(string name, string value) =>
            [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

        static byte[] Frame(byte type, byte flags, byte stream, byte[] content) =>
            [0, 0, (byte)content.Length, type, flags, 0, 0, 0, stream, .. content];
    }

    [Fact]
    public async Task Ipo_calls_with_the_token_of_its_variable_or_its_file_and_says_what_lacks()
    {
        using var folder = new TempFolder();
        var (key, token) = ApiKey.Create("someone", Role.Read, "local", DateTimeOffset.UtcNow, null);
        var keys = Path.Combine(folder, "keys.json");
        KeysFile.Write(keys, [key]);
        await using var fakes = await FakeServices.StartAsync();
        await using var lab = await StartAsync(folder, fakes, keys);
        var server = lab.Address;

        var without = new CommandLine { Environment = { ["IPO_SERVER"] = server } };
        Assert.Equal(ExitCode.Error, await without.RunAsync("runs"));
        Assert.StartsWith("ipo: Say who calls:", without.Error, StringComparison.Ordinal);

        var variable = new CommandLine { Environment = { ["IPO_SERVER"] = server, ["IPO_TOKEN"] = token } };
        Assert.Equal(ExitCode.Done, await variable.RunAsync("runs"));

        var file = new CommandLine { Environment = { ["IPO_SERVER"] = server, ["IPO_TOKEN"] = "wrong" } };
        Assert.Equal(ExitCode.Done, await file.RunAsync("runs", "--token-file", folder.Write("token", token + "\n")));

        foreach (var (path, expected) in ((string, string)[])
            [(Path.Combine(folder, "gone"), "--token-file cannot read"), (folder.Write("two", "a\nb\n"), "holds no token"), (folder.Write("none", " \n"), "holds no token")])
        {
            var wrong = new CommandLine { Environment = { ["IPO_SERVER"] = server } };
            Assert.Equal(ExitCode.Usage, await wrong.RunAsync("runs", "--token-file", path));
            Assert.Contains(expected, wrong.Error, StringComparison.Ordinal);
        }
    }

    private static Task<OrchestratorLab> StartAsync(TempFolder folder, FakeServices fakes, string keys) => OrchestratorLab.StartAsync(
        folder, fakes, kestrel: true, services: services => services.Configure<AccessOptions>(access => access.KeysFile = keys));
}
