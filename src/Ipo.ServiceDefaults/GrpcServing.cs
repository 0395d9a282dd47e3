using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Ipo.ServiceDefaults;

/// <summary>What a service offers besides its own RPCs, and the limits all of them share.</summary>
public static class GrpcServing
{
    /// <summary>The largest message a service takes: 64 MiB. It holds a batch of photographs as they lie on disk; the
    /// framework's 4 MiB does not. A larger one is refused with RESOURCE_EXHAUSTED, so callers send images in batches
    /// below it.</summary>
    public const int MaxReceiveBytes = 64 * 1024 * 1024;

    internal static void Add(IServiceCollection services)
    {
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MaxReceiveBytes;
            grpc.EnableDetailedErrors = false;
            grpc.Interceptors.Add<StatusInterceptor>();
        });
        services.AddGrpcReflection();
    }

    /// <summary>Says what a service's own exceptions mean for a caller.</summary>
    public static IServiceCollection AddErrorMap(this IServiceCollection services, ErrorMap map) => services.AddSingleton(map);

    internal static void Map(WebApplication app)
    {
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
    }
}
