using System.Collections.Concurrent;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;

namespace Ipo.AppHost;

/// <summary>Keeps endpoints.json true: addresses are known before anything starts and stay the same when a service
/// starts again.</summary>
internal sealed class EndpointsRecord(HomeFolder home) : IDistributedApplicationEventingSubscriber
{
    private readonly ConcurrentDictionary<string, Dictionary<string, string>> _services = new();
    private readonly Lock _writing = new();
    private string? _dashboard;

    public Task SubscribeAsync(
        IDistributedApplicationEventing eventing, DistributedApplicationExecutionContext context, CancellationToken cancellationToken)
    {
        eventing.Subscribe<ResourceEndpointsAllocatedEvent>((allocated, _) =>
        {
            if (allocated.Resource.Name == DashboardAddress.ResourceName) return Task.CompletedTask;
            if (allocated.Resource is not IResourceWithEndpoints resource) return Task.CompletedTask;
            var addresses = resource.GetEndpoints().Where(endpoint => endpoint.IsAllocated)
                .ToDictionary(endpoint => endpoint.EndpointName, endpoint => endpoint.Url);
            if (addresses.Count == 0) return Task.CompletedTask; // one of Aspire's own
            _services[resource.Name] = addresses;
            Write();
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }

    /// <summary>Adds the dashboard's address.</summary>
    public void Add(string dashboard)
    {
        _dashboard = dashboard;
        Write();
    }

    private void Write()
    {
        lock (_writing) home.Write(_dashboard, _services);
    }
}
