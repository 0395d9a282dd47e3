using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ipo.ServiceDefaults;

/// <summary>Whether a service speaks TLS, and with what.</summary>
public static class TlsSetting
{
    /// <summary>A folder with tls.crt, tls.key and ca.crt: every port then speaks TLS, and so do calls to other services.
    /// Or "terminated": TLS ends in front of this service, and between there and here nobody listens.</summary>
    public const string Name = "IPO_TLS";

    private const string Terminated = "terminated";

    /// <summary>The folder; null if the service itself speaks no TLS.</summary>
    public static string? Folder(IConfiguration configuration) =>
        configuration[Name] is { Length: > 0 } folder and not Terminated ? folder : null;

    /// <summary>Whether TLS ends in front of the service.</summary>
    public static bool EndsInFront(IConfiguration configuration) => configuration[Name] == Terminated;

    internal static void Add(IHostApplicationBuilder builder)
    {
        if (Folder(builder.Configuration) is not { } folder) return;
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<ServiceCertificate>(services, folder));
        builder.Services.AddHostedService(services => services.GetRequiredService<ServiceCertificate>());
        builder.Services.AddSingleton(new StartCheck(services => services.GetRequiredService<ServiceCertificate>()));
    }
}
