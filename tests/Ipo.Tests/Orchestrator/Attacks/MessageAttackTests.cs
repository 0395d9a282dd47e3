using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Ipo.Tests.Fakes;
using Ipo.Tests.Orchestrator.Http;
using Ipo.Tests.ServiceDefaults;
using Xunit;

namespace Ipo.Tests.Orchestrator.Attacks;

/// <summary>Messages that are too large, broken, or that want to break the one that answers.</summary>
public sealed class MessageAttackTests : IAsyncLifetime
{
    private const long Gigabyte = 1L << 30;

    private readonly TempFolder _folder = new();
    private FakeServices _fakes = null!;
    private ServedOrchestrator _service = null!;
    private GrpcChannel _channel = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Every RPC of the contract that takes one request.
    private static IEnumerable<MethodDescriptor> Rpcs => HttpApiTests.Contracts.Where(file => file.Package == "ipo.v1")
        .SelectMany(file => file.Services).SelectMany(service => service.Methods).Where(rpc => !rpc.IsClientStreaming);

    public async ValueTask InitializeAsync()
    {
        _fakes = await FakeServices.StartAsync();
        Directory.CreateDirectory(Path.Combine(_folder, "data"));
        _service = await ServedOrchestrator.StartAsync(_folder, _fakes);
        _channel = GrpcChannel.ForAddress(_service.Grpc, new() { MaxSendMessageSize = null });
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _service.DisposeAsync();
        await _fakes.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("/v1/runs", "application/json")]
    [InlineData("/mcp", "application/json")]
    [InlineData("/ipo.v1.RunService/CreateRun", "application/grpc-web")]
    public async Task A_gigabyte_over_HTTP_is_refused_before_it_has_come(string path, string type)
    {
        using var http = new HttpClient { BaseAddress = _service.Http };
        using var content = new Zeros(Gigabyte, type);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (path == "/mcp") request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        try
        {
            using var response = await http.SendAsync(request, Cancellation);
            Assert.True(response.StatusCode is HttpStatusCode.RequestEntityTooLarge, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancellation)}");
        }
        catch (HttpRequestException) { } // the connection was closed before the client looked for the answer
        Assert.InRange(content.Sent, 0, 200 * 1024 * 1024);
        await _service.AnswersAsync();
    }

    [Theory]
    [InlineData("POST", "/v1/uploads")]
    [InlineData("PUT", "/v1/uploads/0000000000000000000000000000000000000000000000000000000000000000?offset=22548578304")]
    public async Task A_gigabyte_as_an_upload_that_is_none_leaves_nothing(string method, string path)
    {
        // By HTTP/2: by HTTP/1.1 a server that will read no more can only close, and whoever still sends may not get to read why.
        using var http = new HttpClient { BaseAddress = _service.Grpc };
        using var content = new Zeros(Gigabyte, method == "PUT" ? "application/octet-stream" : "multipart/form-data; boundary=x");
        using var request = new HttpRequestMessage(new(method), path)
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await http.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var kept = Path.Combine(_folder, "state", "uploads");
        Assert.True(!Directory.Exists(kept) || Directory.GetFiles(kept, "*", SearchOption.AllDirectories).Length == 0);
        await _service.AnswersAsync();
    }

    [Fact]
    public async Task A_gigabyte_over_gRPC_is_refused_by_its_length_before_it_has_come()
    {
        using var http = new HttpClient { BaseAddress = _service.Grpc };
        var head = new byte[5];
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(1), (uint)Gigabyte);
        using var content = new Zeros(Gigabyte, "application/grpc", head);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ipo.v1.RunService/CreateRun")
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TE.ParseAdd("trailers");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await response.Content.ReadAsByteArrayAsync(Cancellation);
        var status = response.Headers.TryGetValues("grpc-status", out var early) ? early : response.TrailingHeaders.GetValues("grpc-status");
        Assert.Equal("8", Assert.Single(status)); // RESOURCE_EXHAUSTED
        Assert.InRange(content.Sent, 0, 64 * 1024 * 1024);
        await _service.AnswersAsync();
    }

    [Theory]
    [InlineData(70_000)]
    [InlineData(1_000_000)]
    public async Task Long_texts_in_every_field_of_every_RPC_are_answered_with_a_short_status_and_the_connection_goes_on(int length)
    {
        foreach (var text in (string[])[new('x', length), new('é', length), new('%', length), new('\n', length)])
            foreach (var rpc in Rpcs)
            {
                try { await ServedMethodsTests.SendAsync(_channel, TypeOf(rpc), rpc.Service.FullName, rpc.Name, Filled(rpc.InputType, text, 0).ToByteArray()); }
                catch (RpcException refused)
                {
                    Assert.True(
                        refused.StatusCode is StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.FailedPrecondition or StatusCode.ResourceExhausted,
                        $"{rpc.FullName}: {refused.Status}");
                    Assert.InRange(refused.Trailers.Sum(entry => entry.IsBinary ? entry.ValueBytes.Length : entry.Value.Length), 0, 8 * 1024);
                }
                await new V1.IpoClient(_channel).Runs.ListRunsAsync(new(), cancellationToken: Cancellation);
            }
    }

    [Fact]
    public async Task Broken_bytes_to_every_RPC_are_the_callers_fault_and_no_trace_in_the_log()
    {
        byte[][] broken = [[0x7A], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07], [0x00], [0x0B, 0x0B, 0x0B], [0x0A, 0x02, 0xC3, 0x28]];
        foreach (var bytes in broken)
            foreach (var rpc in Rpcs)
                try { await ServedMethodsTests.SendAsync(_channel, TypeOf(rpc), rpc.Service.FullName, rpc.Name, bytes); }
                catch (RpcException refused)
                {
                    Assert.True(
                        refused.StatusCode is not (StatusCode.Unknown or StatusCode.Internal) && refused.GetRpcStatus()?.GetDetail<ErrorInfo>() is not null,
                        $"{rpc.FullName}, {Convert.ToHexString(bytes)}: {refused.Status}");
                }
        await _service.AnswersAsync();
    }

    [Fact]
    public async Task A_message_in_a_message_a_thousand_times_is_refused()
    {
        // Struct of google.protobuf is what nests; none of ours does. So: groups, which are skipped one inside another.
        var nested = Enumerable.Repeat((byte)0x7B, 100_000).ToArray();
        var refused = await Assert.ThrowsAsync<RpcException>(
            () => ServedMethodsTests.SendAsync(_channel, MethodType.Unary, "ipo.v1.RunService", "GetRun", nested));
        Assert.Equal(("INVALID_MESSAGE", StatusCode.InvalidArgument), (refused.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason, refused.StatusCode));

        using var http = new HttpClient { BaseAddress = _service.Http };
        using var json = new StringContent(string.Concat(Enumerable.Repeat("{\"settings\":", 50_000)), System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/v1/runs", UriKind.Relative), json, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await _service.AnswersAsync();
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=")]
    [InlineData("multipart/form-data")]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data; boundary={long}")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task A_form_that_is_none_is_the_callers_fault(string type)
    {
        using var http = new HttpClient { BaseAddress = _service.Http };
        using var content = new ByteArrayContent("--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b\"\r\n\r\nhalf"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type.Replace("{long}", new string('b', 5_000), StringComparison.Ordinal));
        using var answer = await http.PostAsync(new Uri("/v1/uploads", UriKind.Relative), content, Cancellation);
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Cancellation)}");
        Assert.Contains("INVALID_FIELD", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_of_a_form_with_headers_of_a_megabyte_is_the_callers_fault()
    {
        using var http = new HttpClient { BaseAddress = _service.Http };
        using var content = new ByteArrayContent(System.Text.Encoding.ASCII.GetBytes($"--x\r\nX-A: {new string('a', 1_000_000)}\r\n\r\nb\r\n--x--\r\n"));
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=x");
        using var answer = await http.PostAsync(new Uri("/v1/uploads", UriKind.Relative), content, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await _service.AnswersAsync();
    }

    private static MethodType TypeOf(MethodDescriptor rpc) => rpc.IsServerStreaming ? MethodType.ServerStreaming : MethodType.Unary;

    private static IMessage Filled(MessageDescriptor type, string text, int depth)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        foreach (var field in type.Fields.InFieldNumberOrder())
            if (field.FieldType == FieldType.String && field.IsRepeated) ((System.Collections.IList)field.Accessor.GetValue(message)).Add(text);
            else if (field.FieldType == FieldType.String && !field.IsMap) field.Accessor.SetValue(message, text);
            else if (field.FieldType == FieldType.Message && !field.IsRepeated && !field.IsMap && depth < 3 && field.MessageType.File.Package.StartsWith("ipo", StringComparison.Ordinal))
                field.Accessor.SetValue(message, Filled(field.MessageType, text, depth + 1));
        return message;
    }

    // A body of zeros that is never held; it counts what the other side took.
    private sealed class Zeros : HttpContent
    {
        private readonly long _length;
        private readonly byte[] _head;

        public Zeros(long length, string type, byte[]? head = null)
        {
            (_length, _head) = (length, head ?? []);
            Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        public long Sent { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_head, Cancellation);
            for (var block = new byte[64 * 1024]; Sent < _length; Sent += block.Length) await stream.WriteAsync(block, Cancellation);
        }

        // Calls of gRPC say it in their message.
        protected override bool TryComputeLength(out long length)
        {
            length = _length;
            return _head.Length == 0;
        }
    }
}
