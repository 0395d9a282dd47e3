using System.Reflection;
using Google.Protobuf;
using Grpc.AspNetCore.HealthChecks;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ipo.ServiceDefaults;

/// <summary>Finds the methods of a gRPC service, in place of the framework's own finder, for two things that it leaves
/// out. It reads a request before any interceptor, so that a malformed one would be UNKNOWN with a stack trace in the
/// log; here it is INVALID_ARGUMENT and a line. And each service has its health under its name, as "" has it for
/// all.</summary>
internal sealed class ServedMethods<TService>(IOptions<GrpcHealthChecksOptions> health, ILogger<StatusInterceptor> log)
    : IServiceMethodProvider<TService> where TService : class
{
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<TService> context)
    {
        var type = typeof(TService);
        while (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is null)
            type = type.BaseType
                ?? throw new InvalidOperationException($"{typeof(TService)} is not derived from a generated gRPC service.");
        var bind = type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false)!;
        var methods = new Methods(context, log);
        bind.BindType.GetMethod(bind.BindMethodName, [typeof(ServiceBinderBase), type])!.Invoke(null, [methods, null]);
        Health.Name(health.Value, methods.ServiceName);
    }

    private sealed class Methods(ServiceMethodProviderContext<TService> context, ILogger log) : ServiceBinderBase
    {
        public string ServiceName { get; private set; } = "";

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
        {
            var (implementation, metadata) = Find(method.Name, typeof(TRequest), typeof(ServerCallContext));
            context.AddUnaryMethod(
                Checked(method), metadata, implementation.CreateDelegate<UnaryServerMethod<TService, TRequest, TResponse>>());
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
        {
            var (implementation, metadata) = Find(method.Name, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
            context.AddClientStreamingMethod(
                Checked(method), metadata, implementation.CreateDelegate<ClientStreamingServerMethod<TService, TRequest, TResponse>>());
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
        {
            var (implementation, metadata) = Find(
                method.Name, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
            context.AddServerStreamingMethod(
                Checked(method), metadata, implementation.CreateDelegate<ServerStreamingServerMethod<TService, TRequest, TResponse>>());
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
        {
            var (implementation, metadata) = Find(
                method.Name, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
            context.AddDuplexStreamingMethod(
                Checked(method), metadata, implementation.CreateDelegate<DuplexStreamingServerMethod<TService, TRequest, TResponse>>());
        }

        private static (MethodInfo Implementation, List<object> Metadata) Find(string name, params Type[] parameters)
        {
            var implementation = typeof(TService).GetMethod(name, parameters)!;
            return (implementation,
            [
                .. typeof(TService).GetCustomAttributes(inherit: true), .. implementation.GetCustomAttributes(inherit: true),
                new HttpMethodMetadata(["POST"], acceptCorsPreflight: true),
            ]);
        }

        private Method<TRequest, TResponse> Checked<TRequest, TResponse>(Method<TRequest, TResponse> method)
            where TRequest : class where TResponse : class
        {
            ServiceName = method.ServiceName;
            var reading = method.RequestMarshaller;
            return new(
                method.Type, method.ServiceName, method.Name,
                Marshallers.Create(reading.ContextualSerializer, message =>
                {
                    try { return reading.ContextualDeserializer(message); }
                    catch (InvalidProtocolBufferException wrong) { throw Malformed(method.FullName, typeof(TRequest).Name, wrong); }
                }),
                method.ResponseMarshaller);
        }

        private RpcException Malformed(string method, string message, InvalidProtocolBufferException wrong)
        {
            GrpcServing.Malformed(log, method, message, wrong.Message);
            return new ErrorStatus(
                StatusCode.InvalidArgument, "INVALID_MESSAGE",
                $"The request is not a {message} of protobuf: {wrong.Message} Make the client from this service's protos.").ToException();
        }
    }
}
