using System.Reflection;

namespace Ipo.Orchestrator.Contract;

/// <summary>Version of Ipo.</summary>
internal static class IpoVersion
{
    /// <summary>The version, for instance "0.1.0".</summary>
    public static string Text { get; } =
        typeof(IpoVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
