using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Projects and programs.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a .NET project by the path of its .csproj, relative to the AppHost's folder. It must be built already, in the
    /// AppHost's own configuration: a ProjectReference of the AppHost sees to that.</summary>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath) =>
        builder.AddProject(name, projectPath, launchProfileName: null);

    /// <summary>As above. Launch profiles are not read here, whatever is named: what a resource needs is in the composition.</summary>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath, string? launchProfileName) =>
        builder.AddResource(new ProjectResource(name, Path.GetFullPath(projectPath, builder.AppHostDirectory)));

    /// <summary>Runs several processes of the project, each with its own ports; references give all addresses.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        builder.Resource.Replicas = replicas;
        return builder;
    }
}

/// <summary>Programs that are no .NET project.</summary>
public static class ExecutableResourceBuilderExtensions
{
    /// <summary>Adds a program by its path or its name in PATH.</summary>
    public static IResourceBuilder<ExecutableResource> AddExecutable(this IDistributedApplicationBuilder builder, string name, string command, string workingDirectory, params string[]? args) =>
        builder.AddResource(new ExecutableResource(name, command, Path.GetFullPath(workingDirectory, builder.AppHostDirectory))).WithArgs([.. args ?? []]);
}

/// <summary>Values from outside.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a value read from configuration <c>Parameters:NAME</c> (variable <c>Parameters__NAME</c>, hyphens as
    /// underscores) when a resource that uses it starts.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, secret, () =>
            builder.Configuration[$"Parameters:{name}"] ?? builder.Configuration[$"Parameters:{name.Replace('-', '_')}"]));

    /// <summary>Adds a connection string read from configuration <c>ConnectionStrings:NAME</c>.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null) =>
        builder.AddResource(new ConnectionStringResource(name, new ConfiguredConnection(builder.Configuration, name, environmentVariableName)));

    /// <summary>Adds a connection string made of other resources' endpoints.</summary>
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression) =>
        builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));

    private sealed class ConfiguredConnection(IConfiguration configuration, string name, string? variable) : IValueProvider
    {
        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
            (configuration.GetConnectionString(name) ?? (variable is null ? null : configuration[variable])) is { Length: > 0 } value
                ? ValueTask.FromResult<string?>(value)
                : throw new DistributedApplicationException($"Connection string '{name}' has no value; set ConnectionStrings:{name} (variable ConnectionStrings__{name}).");
    }
}
