using System.Reflection;

namespace Ipo.Cli.Sessions;

/// <summary>The version of this program.</summary>
internal static class ProgramVersion
{
    /// <summary>For instance "0.1.0".</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
