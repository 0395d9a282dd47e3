namespace Ipo.AppHost;

/// <summary>What this process and everything that it starts has in its environment, whichever way it was started: by
/// <c>dotnet run</c>, <c>aspire run</c>, a test, or the built program itself. A launch profile would be read by the
/// first two alone.</summary>
internal static class HostEnvironment
{
    /// <summary>Parameters' values and connection strings in variables.</summary>
    private static readonly string[] SecretPrefixes = ["Parameters__", "ConnectionStrings__"];

    /// <summary>To be called before the builder is made, which reads these variables.</summary>
    public static void Prepare()
    {
        // The dashboard is on loopback and asks for a token. TLS would want a developer certificate that a new machine
        // does not have.
        SetDefault("ASPIRE_ALLOW_UNSECURED_TRANSPORT", "true");
        SetDefault("ASPIRE_DEVELOPER_CERTIFICATE_DEFAULT_TRUST", "false");
        SetDefault("ASPIRE_DEVELOPER_CERTIFICATE_DEFAULT_HTTPS_TERMINATION", "false");
        SetDefault("ASPIRE_DCP_USE_DEVELOPER_CERTIFICATE", "false");
        // No word leaves this machine unasked: Aspire would look for its newest version, and its dashboard can report
        // on its use.
        SetDefault("ASPIRE_VERSION_CHECK_DISABLED", "true");
        SetDefault("ASPIRE_DASHBOARD_TELEMETRY_OPTOUT", "true");
        SetDefault("DOTNET_CLI_TELEMETRY_OPTOUT", "1");
        // The exporters' own pace (5 s for spans, 60 s for metrics) is made for far collectors; somebody is watching
        // this one.
        SetDefault("OTEL_BSP_SCHEDULE_DELAY", "1000");
        SetDefault("OTEL_BLRP_SCHEDULE_DELAY", "1000");
        SetDefault("OTEL_METRIC_EXPORT_INTERVAL", "2000");
        // A proxy for the outside world must not come between processes of this machine.
        var direct = Environment.GetEnvironmentVariable("NO_PROXY") ?? Environment.GetEnvironmentVariable("no_proxy");
        var local = string.IsNullOrEmpty(direct) ? "127.0.0.1,localhost" : $"{direct},127.0.0.1,localhost";
        Environment.SetEnvironmentVariable("NO_PROXY", local);
        Environment.SetEnvironmentVariable("no_proxy", local);
    }

    /// <summary>Takes secrets out of this process's environment once the configuration holds them. What is started
    /// inherits it, and a secret belongs to the resources it is given to, and to no other.</summary>
    public static void RemoveSecrets()
    {
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>())
        {
            var isSecret = name is HostSettings.OpenAiKeyVariable or HostSettings.CacheSecretVariable
                || SecretPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
            if (isSecret) Environment.SetEnvironmentVariable(name, null);
        }
    }

    private static void SetDefault(string name, string value)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))) Environment.SetEnvironmentVariable(name, value);
    }
}
