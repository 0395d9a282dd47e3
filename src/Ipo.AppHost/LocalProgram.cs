namespace Ipo.AppHost;

/// <summary>How a project runs on this machine.</summary>
internal static class LocalProgram
{
    /// <summary>Starts the program that was built with this host. Aspire would start it by <c>dotnet run
    /// --no-build</c>, which evaluates the project first: about a second of a processor for each of seven resources,
    /// and one more process. It needs no developer certificate either: everything speaks cleartext on
    /// loopback.</summary>
    public static IResourceBuilder<ProjectResource> RunLocally(this IResourceBuilder<ProjectResource> project)
    {
        var builder = project.ApplicationBuilder;
        if (builder.ExecutionContext.IsPublishMode) return project;
        project.WithoutHttpsCertificate();
        // Ours, a line for each message; Aspire asks for "simple", which takes two.
        project.WithEnvironment("LOGGING__CONSOLE__FORMATTERNAME", "ipo");
        // An IDE that debugs (it names its port) and dotnet watch start projects in their own way.
        if (builder.Configuration["DEBUG_SESSION_PORT"] is { Length: > 0 }) return project;
        if (builder.Configuration["DOTNET_WATCH"] is "1" or "true") return project;
        var file = project.Resource.GetProjectMetadata().ProjectPath;
        var folder = Path.GetDirectoryName(file)!;
        var program = Path.Combine(folder, "bin", Configuration, TargetFramework, Name(file));
        if (!File.Exists(program)) return project;
        return project.WithAnnotation(new ExecutableAnnotation { Command = program, WorkingDirectory = folder });
    }

    // bin/CONFIGURATION/FRAMEWORK, of this host as of the projects that are built with it.
    private static string Configuration => Output.Parent!.Name;

    private static string TargetFramework => Output.Name;

    private static DirectoryInfo Output => new(Path.GetDirectoryName(typeof(LocalProgram).Assembly.Location)!);

    // The only project whose assembly has another name than its file.
    private static string Name(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file) is "Ipo.Cli" ? "ipo" : Path.GetFileNameWithoutExtension(file);
        return OperatingSystem.IsWindows() ? $"{name}.exe" : name;
    }
}
