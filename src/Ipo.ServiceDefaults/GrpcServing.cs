using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Ipo.ServiceDefaults;

/// <summary>What a service offers besides its own RPCs, and the limits all of them share.</summary>
public static partial class GrpcServing
{
    /// <summary>The largest message a service takes: 64 MiB. It holds a batch of photographs as they lie on disk; the
    /// framework's 4 MiB does not. A larger one is refused with RESOURCE_EXHAUSTED, so callers send images in batches
    /// below it.</summary>
    public const int MaxReceiveBytes = 64 * 1024 * 1024;

    internal static void Add(IServiceCollection services)
    {
        services.AddSingleton<FaultAnswers>();
        services.Configure<GrpcServiceOptions>(grpc =>
        {
            grpc.MaxReceiveMessageSize = MaxReceiveBytes;
            grpc.EnableDetailedErrors = false;
            grpc.Interceptors.Add<StatusInterceptor>();
        });
        services.AddIpoGrpc();
        services.AddGrpcReflection();
    }

    /// <summary>gRPC whose methods are found by <see cref="ServedMethods{TService}"/>; a service that adds to it
    /// calls this after all that calls the framework's AddGrpc, which adds its own finder.</summary>
    public static IGrpcServerBuilder AddIpoGrpc(this IServiceCollection services)
    {
        var grpc = services.AddGrpc();
        services.Remove(services.Single(service => service.ServiceType == typeof(IServiceMethodProvider<>)
            && service.ImplementationType?.Name == "BinderServiceMethodProvider`1"));
        services.TryAddEnumerable(ServiceDescriptor.Singleton(typeof(IServiceMethodProvider<>), typeof(ServedMethods<>)));
        return grpc;
    }

    /// <summary>Says what a service's own exceptions mean for a caller.</summary>
    public static IServiceCollection AddErrorMap(this IServiceCollection services, ErrorMap map) => services.AddSingleton(map);

    internal static void Map(WebApplication app)
    {
        app.MapGrpcHealthChecksService().AllowAnonymous();
        app.MapGrpcReflectionService().AllowAnonymous(); // the contract, which is public
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method}: the request is not a {MessageName} of protobuf: {Reason}")]
    internal static partial void Malformed(ILogger log, string method, string messageName, string reason);
}
