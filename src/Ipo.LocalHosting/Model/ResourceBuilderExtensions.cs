using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>What a resource needs: addresses, settings, others to wait for.</summary>
public static class ResourceBuilderExtensions
{
    /// <summary>Gives the resource the other one's addresses: <c>services__NAME__ENDPOINT__N</c>, one for each endpoint and replica.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where T : IResourceWithEnvironment
    {
        var target = builder.Process();
        target.References.Add(source.Resource);
        target.Environment.Add(new("services", new ServiceReference((ProcessResource)source.Resource, null)));
        return builder;
    }

    /// <summary>Gives the resource one endpoint of another one.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, EndpointReference endpointReference)
        where T : IResourceWithEnvironment
    {
        var target = builder.Process();
        target.References.Add(endpointReference.Resource);
        target.Environment.Add(new("services", new ServiceReference(endpointReference.Owner, endpointReference.EndpointName)));
        return builder;
    }

    /// <summary>Gives the resource a connection string as <c>ConnectionStrings__NAME</c>.</summary>
    /// <param name="builder">The resource that connects.</param>
    /// <param name="source">The connection string.</param>
    /// <param name="connectionName">The name the resource looks it up by, where it is not the source's.</param>
    /// <param name="optional">True leaves the variable out where the connection string has no value.</param>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where T : IResourceWithEnvironment
    {
        var target = builder.Process();
        target.References.Add(source.Resource);
        target.Environment.Add(new($"ConnectionStrings__{connectionName ?? source.Resource.Name}", optional ? new Optional(source.Resource) : source.Resource));
        return builder;
    }

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value)
        where T : IResourceWithEnvironment => builder.Variable(name, value ?? "");

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, EndpointReference endpointReference)
        where T : IResourceWithEnvironment => builder.Variable(name, endpointReference);

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, ReferenceExpression value)
        where T : IResourceWithEnvironment => builder.Variable(name, value);

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> parameter)
        where T : IResourceWithEnvironment => builder.Variable(name, parameter.Resource);

    /// <summary>Adds command-line arguments: strings, or endpoints, expressions and parameters whose value is put in at the start.</summary>
    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, params object[] args)
        where T : IResourceWithArgs
    {
        builder.Process().Arguments.AddRange(args);
        return builder;
    }

    /// <summary>Starts the resource only when the other one is ready: all its replicas run and pass their health checks.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport
    {
        builder.Process().Waits.Add(new(dependency.Resource, WaitType.UntilHealthy));
        return builder;
    }

    /// <summary>Starts the resource only when the other one, a task, has ended with the given exit code.</summary>
    public static IResourceBuilder<T> WaitForCompletion<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport
    {
        builder.Process().Waits.Add(new(dependency.Resource, WaitType.ForCompletion, exitCode));
        return builder;
    }

    internal static ProcessResource Process<T>(this IResourceBuilder<T> builder) where T : IResource =>
        (ProcessResource)(IResource)builder.Resource;

    private static IResourceBuilder<T> Variable<T>(this IResourceBuilder<T> builder, string name, object value) where T : IResource
    {
        builder.Process().Environment.Add(new(name, value));
        return builder;
    }

    private sealed class Optional(IValueProvider inner) : IValueProvider
    {
        public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
        {
            try { return await inner.GetValueAsync(cancellationToken); }
            catch (DistributedApplicationException) { return null; } // not set, which optional allows
        }
    }
}

/// <summary>All addresses of a resource, or those of one endpoint.</summary>
internal sealed record ServiceReference(ProcessResource Owner, string? EndpointName);
