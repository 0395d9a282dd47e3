using Aspire.Hosting.ApplicationModel;
using Ipo.LocalHosting.Running;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting
{
    /// <summary>Collects the resources of an application.</summary>
    public interface IDistributedApplicationBuilder
    {
        /// <summary>appsettings.json beside the AppHost's project, then environment variables, then <c>--key value</c> arguments.</summary>
        ConfigurationManager Configuration { get; }

        DistributedApplicationExecutionContext ExecutionContext { get; }

        /// <summary>The folder of the AppHost's project; relative project paths start there.</summary>
        string AppHostDirectory { get; }

        IReadOnlyCollection<IResource> Resources { get; }

        /// <summary>Adds a resource of any kind.</summary>
        /// <exception cref="DistributedApplicationException">Another one has its name.</exception>
        IResourceBuilder<T> AddResource<T>(T resource) where T : IResource;

        /// <summary>To add more to a resource that was added before.</summary>
        IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource;

        DistributedApplication Build();
    }

    /// <summary>Whether the composition is run or written out for a deployment. Here it is always run; publishing needs Aspire.</summary>
    public sealed class DistributedApplicationExecutionContext
    {
        public bool IsPublishMode { get; }

        public bool IsRunMode { get; } = true;
    }

    /// <summary>The composition is wrong, or something it names is missing. The message is for the person who wrote or runs it.</summary>
    public sealed class DistributedApplicationException(string message) : Exception(message);

    internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
    {
        private readonly Dictionary<string, IResource> _resources = new(StringComparer.OrdinalIgnoreCase);

        public DistributedApplicationBuilder(string[] args)
        {
            AppHostDirectory = ProjectOutput.ProjectDirectory(AppContext.BaseDirectory);
            Configuration = new ConfigurationManager();
            Configuration.AddJsonFile(Path.Combine(AppHostDirectory, "appsettings.json"), optional: true)
                .AddEnvironmentVariables()
                .AddCommandLine(args);
        }

        public ConfigurationManager Configuration { get; }

        public DistributedApplicationExecutionContext ExecutionContext { get; } = new();

        public string AppHostDirectory { get; }

        public IReadOnlyCollection<IResource> Resources => _resources.Values;

        public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource =>
            _resources.TryAdd(resource.Name, resource)
                ? new ResourceBuilder<T>(this, resource)
                : throw new DistributedApplicationException($"Two resources are named '{resource.Name}'.");

        public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource => new ResourceBuilder<T>(this, resource);

        public DistributedApplication Build() => new(Configuration, [.. _resources.Values]);
    }
}

namespace Aspire.Hosting.ApplicationModel
{
    /// <summary>Adds to one resource.</summary>
    public interface IResourceBuilder<out T> where T : IResource
    {
        T Resource { get; }

        IDistributedApplicationBuilder ApplicationBuilder { get; }
    }

    internal sealed class ResourceBuilder<T>(IDistributedApplicationBuilder application, T resource) : IResourceBuilder<T> where T : IResource
    {
        public T Resource { get; } = resource;

        public IDistributedApplicationBuilder ApplicationBuilder { get; } = application;
    }
}
