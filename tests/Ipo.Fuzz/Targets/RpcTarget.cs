using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using Ipo.Orchestrator;
using Ipo.Orchestrator.Configuration;
using Ipo.ServiceDefaults;
using Ipo.Tests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ipo.Fuzz.Targets;

/// <summary>Every public RPC of an orchestrator in this process: requests drawn from the contract's descriptors, and their bytes changed. It
/// answers each with a status that is documented, which Unknown and Internal are not, but for bytes that are no message.</summary>
internal sealed class RpcTarget : IDisposable
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes);

    // What a stream has said by then is enough; a watched run or operation says more only when it goes on.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan MorePatience = TimeSpan.FromSeconds(10);

    private const int Cancel = 8; // RFC 9113, section 7

    private static readonly string[] Texts =
    [
        "", "tiny", "tiny", "tiny", "run-1", "run-1", "local", "a photo of a <CLASS>.", "a <CLASS>", "kind a", "../x", "\0", "é", "\u0301", "evolve", "robust", "00.png", "run.settings", "*",
        new('a', 64), new('x', 3000), "https://example.org", "-1", "data/tiny",
    ];

    private static readonly long[] Numbers = [0, 1, 2, 3, -1, 20, 100, 1000, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];

    private readonly FakeServices _fakes;
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;
    private readonly CallInvoker _calls;
    private readonly List<MethodDescriptor> _methods;
    private RpcException? _fault;

    // One for each: the channel keeps what it knows of every one that it has met.
    private readonly Dictionary<MethodDescriptor, Method<byte[], byte[]>> _calledAs;

    public RpcTarget(TempFolder folder)
    {
        _fakes = FakeServices.StartAsync().GetAwaiter().GetResult();
        TinyDataset.WriteSplit(folder, "rpc/data/tiny", 4, 8);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        GrpcServing.Add(builder.Services);
        builder.AddOrchestrator();
        builder.Services.Configure<OrchestratorOptions>(set =>
        {
            set.DataDirectory = Path.Combine(folder, "rpc", "state");
            set.DatasetRoots.Add(Path.Combine(folder, "rpc", "data"));
            set.StopGrace = TimeSpan.FromSeconds(1);
        });
        _fakes.AddClients(builder.Services);
        _app = builder.Build();
        _app.MapOrchestrator();
        _app.StartAsync().GetAwaiter().GetResult();
        var server = _app.GetTestServer();
        _channel = GrpcChannel.ForAddress(server.BaseAddress, new GrpcChannelOptions { HttpHandler = server.CreateHandler(), MaxReceiveMessageSize = null });
        _calls = _channel.CreateCallInvoker();
        FileDescriptor[] files =
        [
            V1.SystemReflection.Descriptor, V1.DatasetsReflection.Descriptor, V1.UploadsReflection.Descriptor, V1.RunsReflection.Descriptor,
            V1.ReportsReflection.Descriptor, V1.EvaluationReflection.Descriptor, V1.ComparisonReflection.Descriptor, V1.OperationsReflection.Descriptor,
            V1.ServingReflection.Descriptor, V1.BenchReflection.Descriptor,
        ];
        _methods = [.. files.SelectMany(file => file.Services).SelectMany(service => service.Methods)];
        _calledAs = _methods.ToDictionary(rpc => rpc, rpc => new Method<byte[], byte[]>(TypeOf(rpc), rpc.Service.FullName, rpc.Name, Raw, Raw));
        var client = new V1.IpoClient(_channel);
        client.Datasets.RegisterDataset(new() { Path = "tiny" });
    }

    public IEnumerable<Target> All()
    {
        var random = new Random(1);
        yield return new("RPC", 5, [.. _methods.SelectMany((_, at) => Enumerable.Range(0, 3).Select(_ => Request(at, random)))], Read)
        {
            Generate = with => Request(with.Next(_methods.Count), with),
            IsGuided = false,
        };
    }

    public void Dispose()
    {
        _channel.Dispose();
        _app.StopAsync().GetAwaiter().GetResult();
        _app.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _fakes.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    // The first byte says which RPC; the rest is its request.
    private byte[] Request(int method, Random random)
    {
        var message = Message(_methods[method].InputType, random, depth: 0);
        return [(byte)method, .. message.ToByteArray()];
    }

    private bool Read(byte[] input)
    {
        if (input.Length == 0) return false;
        var method = _methods[input[0] % _methods.Count];
        var request = input[1..];
        ForgetCalls();
        // A machine under load lets the short deadline pass before a request is read, which ends in any way; then it is asked again.
        if (Answer(method, request, Patience) is { } answer) return answer;
        return Answer(method, request, MorePatience) ?? throw new InvalidOperationException($"{method.FullName}: {_fault!.Status}", _fault);
    }

    // True if it was accepted, false if it was refused as documented, null if neither.
    private bool? Answer(MethodDescriptor method, byte[] request, TimeSpan patience)
    {
        try
        {
            CallAsync(method, request, patience).GetAwaiter().GetResult();
            return true;
        }
        catch (RpcException refused)
        {
            if (refused.StatusCode is not (StatusCode.Unknown or StatusCode.Internal or StatusCode.DataLoss)) return false;
            // The server's end of the deadline: HTTP/2's CANCEL, which a real connection's client takes for what it is.
            if (refused.Status.DebugException is HttpResetTestException { ErrorCode: Cancel } || !IsMessage(method, request)) return false;
            _fault = refused;
            return null;
        }
    }

    // The fakes note all that runs ask of them, for tests; here it would be taken for a leak.
    private void ForgetCalls()
    {
        _fakes.Scorer.ContentSizes.Clear();
        _fakes.Scorer.ScoredTemplates.Clear();
        _fakes.PromptGen.Patience.Clear();
        _fakes.PromptGen.Requests.Clear();
        _fakes.Captioner.Patience.Clear();
        _fakes.Captioner.Requests.Clear();
        _fakes.Captioner.KeptFor.Clear();
    }

    private async Task CallAsync(MethodDescriptor rpc, byte[] request, TimeSpan patience)
    {
        var method = _calledAs[rpc];
        var options = new CallOptions(deadline: DateTime.UtcNow + patience);
        switch (method.Type)
        {
            case MethodType.Unary:
                using (var call = _calls.AsyncUnaryCall(method, null, options, request)) await call.ResponseAsync;
                break;
            case MethodType.ClientStreaming:
                using (var call = _calls.AsyncClientStreamingCall(method, null, options))
                {
                    try
                    {
                        await call.RequestStream.WriteAsync(request);
                        await call.RequestStream.CompleteAsync();
                    }
                    catch (InvalidOperationException) { } // the server has answered already
                    await call.ResponseAsync;
                }
                break;
            case MethodType.ServerStreaming:
                using (var call = _calls.AsyncServerStreamingCall(method, null, options, request))
                    for (var read = 0; read < 20 && await call.ResponseStream.MoveNext(CancellationToken.None); read++) ;
                break;
            default: throw new NotSupportedException($"{rpc.FullName} streams both ways.");
        }
    }

    private static MethodType TypeOf(MethodDescriptor rpc) => (rpc.IsClientStreaming, rpc.IsServerStreaming) switch
    {
        (false, false) => MethodType.Unary,
        (true, false) => MethodType.ClientStreaming,
        (false, true) => MethodType.ServerStreaming,
        _ => MethodType.DuplexStreaming,
    };

    private static bool IsMessage(MethodDescriptor method, byte[] request)
    {
        try
        {
            method.InputType.Parser.ParseFrom(request);
            return true;
        }
        catch (InvalidProtocolBufferException) { return false; }
    }

    private static IMessage Message(MessageDescriptor type, Random random, int depth)
    {
        var message = type.Parser.ParseFrom([]);
        // Some have nearly every field, some hardly any: few requests with all of them are accepted.
        var left = random.Next(1, 10);
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            if (random.Next(10) < left || depth > 4) continue;
            if (field.IsMap) continue; // changed bytes make them
            if (field.IsRepeated)
            {
                var list = (System.Collections.IList)field.Accessor.GetValue(message);
                for (var count = random.Next(4); count > 0; count--) list.Add(Value(field, random, depth));
            }
            else field.Accessor.SetValue(message, Value(field, random, depth));
        }
        return message;
    }

    private static object Value(FieldDescriptor field, Random random, int depth)
    {
        var number = random.Next(2) == 0 ? Numbers[random.Next(Numbers.Length)] : random.Next(50);
        return field.FieldType switch
        {
            FieldType.Bool => random.Next(2) == 0,
            FieldType.String => Texts[random.Next(Texts.Length)],
            FieldType.Bytes => ByteString.CopyFrom(TinyDataset.Image($"{number}")),
            FieldType.Double => random.Next(3) switch { 0 => random.NextDouble(), 1 => number, _ => double.NaN },
            FieldType.Float => random.Next(3) switch { 0 => random.NextSingle(), 1 => number, _ => float.PositiveInfinity },
            FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => unchecked((int)number),
            FieldType.UInt32 or FieldType.Fixed32 => unchecked((uint)number),
            FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => number,
            FieldType.UInt64 or FieldType.Fixed64 => unchecked((ulong)number),
            FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, random.Next(6) == 0 ? 99 : field.EnumType.Values[random.Next(field.EnumType.Values.Count)].Number),
            FieldType.Message or FieldType.Group => Wrapped(field) ?? Message(field.MessageType, random, depth + 1),
            var other => throw new NotSupportedException($"{field.FullName} is a {other}."),
        };

        // Wrapper types are seen as their plain values.
        object? Wrapped(FieldDescriptor one) => one.MessageType.File.Name == "google/protobuf/wrappers.proto"
            ? Value(one.MessageType.FindFieldByNumber(1), random, depth) : null;
    }
}
