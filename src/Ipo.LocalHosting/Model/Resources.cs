using Ipo.LocalHosting.Running;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A named part of the composition.</summary>
public interface IResource
{
    /// <summary>Lower case letters, digits and hyphens; the name other resources' settings refer to.</summary>
    string Name { get; }
}

/// <summary>Takes environment variables.</summary>
public interface IResourceWithEnvironment : IResource;

/// <summary>Takes command-line arguments.</summary>
public interface IResourceWithArgs : IResource;

/// <summary>Listens on endpoints.</summary>
public interface IResourceWithEndpoints : IResource;

/// <summary>Can be held back until others are ready.</summary>
public interface IResourceWithWaitSupport : IResource;

/// <summary>Others find its endpoints by its name.</summary>
public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

/// <summary>Others reach it by a connection string.</summary>
public interface IResourceWithConnectionString : IResource, IValueProvider;

/// <summary>Gives a value that is known once ports are assigned and parameters read.</summary>
public interface IValueProvider
{
    /// <exception cref="DistributedApplicationException">The value is not set; the message says where to set it.</exception>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}

/// <summary>Anything with a name.</summary>
public abstract class Resource(string name) : IResource
{
    public string Name { get; } = ResourceName.Checked(name);

    /// <summary>The processes that have to be ready before this is of use.</summary>
    internal virtual IEnumerable<ProcessResource> Behind => [];
}

/// <summary>A resource that runs as one or more processes of this machine.</summary>
public abstract class ProcessResource(string name) : Resource(name),
    IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    internal List<EndpointAnnotation> Endpoints { get; } = [];
    internal List<KeyValuePair<string, object>> Environment { get; } = [];
    internal List<object> Arguments { get; } = [];
    internal List<WaitAnnotation> Waits { get; } = [];
    internal List<HealthProbe> Probes { get; } = [];
    internal List<IResource> References { get; } = [];
    internal int Replicas { get; set; } = 1;

    /// <summary>Without an endpoint nobody calls it: it is there to do something once and end.</summary>
    internal bool IsTask => Endpoints.Count == 0;

    internal override IEnumerable<ProcessResource> Behind => [this];

    internal abstract LaunchCommand Command();
}

/// <summary>A .NET project, run from its build output.</summary>
public sealed class ProjectResource(string name, string projectPath) : ProcessResource(name), IResourceWithServiceDiscovery
{
    internal string ProjectPath { get; } = projectPath;

    internal override LaunchCommand Command() => ProjectOutput.Find(Name, ProjectPath, AppContext.BaseDirectory);
}

/// <summary>Any other program.</summary>
public sealed class ExecutableResource(string name, string command, string workingDirectory) : ProcessResource(name), IResourceWithServiceDiscovery
{
    internal override LaunchCommand Command() => new(command, [], workingDirectory);
}

/// <summary>A value from outside, such as a key: configuration <c>Parameters:NAME</c>.</summary>
public sealed class ParameterResource(string name, bool secret, Func<string?> read) : Resource(name), IValueProvider
{
    public bool Secret { get; } = secret;

    /// <summary>The value, or null where none is set.</summary>
    internal string? Peek() => read() is { Length: > 0 } value ? value : null;

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        Peek() is { } value
            ? ValueTask.FromResult<string?>(value)
            : throw new DistributedApplicationException(
                $"Parameter '{Name}' has no value; set Parameters:{Name} in the AppHost's configuration, or the variable Parameters__{Name.Replace('-', '_')}.");
}

/// <summary>A connection string, read from configuration <c>ConnectionStrings:NAME</c> or put together from other resources' endpoints.</summary>
public sealed class ConnectionStringResource(string name, IValueProvider value) : Resource(name), IResourceWithConnectionString
{
    internal override IEnumerable<ProcessResource> Behind => value is ReferenceExpression expression ? expression.Behind : [];

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => value.GetValueAsync(cancellationToken);
}

internal enum WaitType { UntilHealthy, ForCompletion }

internal sealed record WaitAnnotation(IResource Resource, WaitType Type, int ExitCode = 0)
{
    public IEnumerable<ProcessResource> Processes => ((Resource)Resource).Behind;
}

/// <summary>An HTTP address that answers with the expected status when the resource is ready for calls.</summary>
internal sealed record HealthProbe(string EndpointName, string Path, int StatusCode);

internal static class ResourceName
{
    public static string Checked(string name) =>
        name.Length is > 0 and <= 64 && char.IsAsciiLetter(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-')
            ? name
            : throw new DistributedApplicationException($"'{name}' cannot name a resource: up to 64 letters, digits and hyphens, a letter first.");
}
