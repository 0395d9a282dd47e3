using System.Runtime.InteropServices;
using System.Xml;
using System.Xml.Linq;
using Aspire.Hosting;

namespace Ipo.LocalHosting.Running;

/// <summary>What to start: the program, the arguments before the resource's own, and the folder to start it in.</summary>
internal sealed record LaunchCommand(string FileName, IReadOnlyList<string> Arguments, string WorkingDirectory);

/// <summary>Finds what the build has made of a project. Nothing is built here: the AppHost's ProjectReferences did that, in one go.</summary>
internal static class ProjectOutput
{
    /// <summary>The command for a project, from the output folder that mirrors this process' own (bin/Debug/net10.0 beside
    /// bin/Debug/net10.0), so that a Release host never runs a stale Debug service.</summary>
    /// <exception cref="DistributedApplicationException">The project, or its output, is not there.</exception>
    public static LaunchCommand Find(string resource, string projectPath, string baseDirectory)
    {
        if (!File.Exists(projectPath))
            throw new DistributedApplicationException($"Resource '{resource}': there is no project at {projectPath}.");
        var folder = Path.GetDirectoryName(projectPath)!;
        var output = Path.GetRelativePath(ProjectDirectory(baseDirectory), baseDirectory);
        var assembly = Path.Combine(folder, output, AssemblyName(resource, projectPath) + ".dll");
        return File.Exists(assembly)
            ? new LaunchCommand(DotnetHost(), [assembly], folder)
            : throw new DistributedApplicationException(
                $"Resource '{resource}' is not built: {assembly} is missing. Build it as this host is built: dotnet build \"{projectPath}\", with the same configuration.");
    }

    /// <summary>The folder of the project whose output lies in <paramref name="baseDirectory"/>: the nearest one above with a .csproj.</summary>
    public static string ProjectDirectory(string baseDirectory)
    {
        for (var folder = new DirectoryInfo(baseDirectory); folder is not null; folder = folder.Parent)
            if (folder.Exists && folder.EnumerateFiles("*.csproj").Any()) return folder.FullName;
        throw new DistributedApplicationException($"No project file stands above {baseDirectory}: the host runs from its build output inside the repository.");
    }

    private static string AssemblyName(string resource, string projectPath)
    {
        try
        {
            var named = XDocument.Load(projectPath).Descendants().FirstOrDefault(element => element.Name.LocalName == "AssemblyName")?.Value.Trim();
            return string.IsNullOrEmpty(named) ? Path.GetFileNameWithoutExtension(projectPath) : named;
        }
        catch (XmlException fault)
        {
            throw new DistributedApplicationException($"Resource '{resource}': {projectPath} is not a project file ({fault.Message})");
        }
    }

    // The dotnet that runs us, also where PATH has another one or none: the runtime lies in DOTNET/shared/Microsoft.NETCore.App/VERSION.
    private static string DotnetHost()
    {
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var host = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(host) ? host : "dotnet";
    }
}
