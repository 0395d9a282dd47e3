using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Ipo.ServiceDefaults;

/// <summary>Whether a service asks its callers who they are. One that registers none of these demands their certificates on
/// its gRPC port where it has TLS, and else asks nobody. A service that asks nobody, or that speaks in the clear, is bound to
/// the network only by somebody who says that this is meant.</summary>
/// <param name="IsClosed">Whether it asks.</param>
/// <param name="HowToClose">What to set so that it does, as a clause.</param>
public sealed record NetworkGuard(bool IsClosed, string HowToClose)
{
    /// <summary>"true" lets a service that asks nobody, or speaks in the clear, be bound to the network.</summary>
    public const string InsecureSetting = "IPO_INSECURE";

    /// <summary>The same as an argument.</summary>
    public const string InsecureArgument = "--insecure";

    /// <summary>The arguments as configuration reads them, which knows no switch without a value.</summary>
    internal static string[] Read(string[] args) => args.Contains(InsecureArgument)
        ? [.. args.Where(argument => argument != InsecureArgument), $"--{InsecureSetting}=true"]
        : args;

    /// <summary>Whether it is open to the network, and somebody said that it may.</summary>
    /// <exception cref="ServiceStartException">The service would be open to the network, and nobody said that it
    /// may.</exception>
    internal static bool IsInsecure(IServiceProvider services, IConfiguration configuration)
    {
        var insecure = configuration[InsecureSetting] switch
        {
            null or "" or "false" => false,
            "true" => true,
            var other => throw new ServiceStartException($"{InsecureSetting} is '{other}'; it takes 'true' or 'false'."),
        };
        if (!ServicePorts.IsOpenToTheNetwork(configuration)) return false;
        var guard = services.GetService<NetworkGuard>();
        var hasCertificate = TlsSetting.Folder(configuration) is not null;
        var asks = guard?.IsClosed ?? hasCertificate;
        var isEncrypted = hasCertificate || TlsSetting.EndsInFront(configuration);
        if (asks && isEncrypted) return false;
        if (!insecure) throw new ServiceStartException(Refusal(guard, asks, isEncrypted));
        return true;
    }

    private static string Refusal(NetworkGuard? guard, bool asks, bool isEncrypted)
    {
        const string Certificate = $"{TlsSetting.Name} takes a folder with a certificate, ";
        string?[] lacks = [asks ? null : "it asks nobody who calls", isEncrypted ? null : "nothing is encrypted"];
        string?[] steps =
        [
            asks || guard is null ? null : $"So that it asks, {guard.HowToClose}. ",
            guard is null ? $"{Certificate}and callers then have to show theirs. " : null,
            guard is null || isEncrypted ? null : $"{Certificate}or 'terminated' where TLS ends in front of it. ",
        ];
        return $"{ServicePorts.BindSetting}=any opens it to the network, and {string.Join(" and ", lacks.OfType<string>())}. "
            + $"{string.Concat(steps)}Where the network lets in only those who may, and nobody listens, say so with "
            + $"{InsecureSetting}=true or {InsecureArgument}.";
    }
}
