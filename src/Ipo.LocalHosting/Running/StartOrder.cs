using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Ipo.LocalHosting.Running;

/// <summary>Who waits for whom decides the order of the start, and the other way round that of the stop: a service is stopped when
/// those that call it have stopped.</summary>
internal static class StartOrder
{
    /// <exception cref="DistributedApplicationException">Some wait for each other in a ring, or for something that never runs.</exception>
    public static void Check(IReadOnlyList<ProcessResource> processes)
    {
        var done = new HashSet<IResource>();
        foreach (var resource in processes) Visit(resource, []);

        void Visit(ProcessResource resource, List<string> path)
        {
            if (done.Contains(resource)) return;
            if (path.Contains(resource.Name))
                throw new DistributedApplicationException($"Resources wait for each other and none can start: {string.Join(" waits for ", [.. path.SkipWhile(name => name != resource.Name), resource.Name])}.");
            foreach (var wait in resource.Waits)
            {
                foreach (var other in wait.Processes)
                {
                    if (wait.Type == WaitType.ForCompletion && !other.IsTask)
                        throw new DistributedApplicationException($"'{resource.Name}' waits for '{other.Name}' to end, but that is a service, which does not.");
                    Visit(other, [.. path, resource.Name]);
                }
            }
            done.Add(resource);
        }
    }

    /// <summary>Runs all until <paramref name="stopping"/>; each is then stopped once all that wait for it are gone. A fault of this
    /// host itself stops all too, and is thrown when they are gone.</summary>
    public static async Task RunAll(IReadOnlyList<Replica> replicas, CancellationToken stopping, CancellationToken killing)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var stops = replicas.ToDictionary(replica => replica, _ => new CancellationTokenSource());
        var runs = replicas.ToDictionary(replica => replica, Run);
        await Task.Delay(Timeout.Infinite, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(replicas.Select(Stop));
        foreach (var stop in stops.Values) stop.Dispose();
        await Task.WhenAll(runs.Values);

        async Task Run(Replica replica)
        {
            try
            {
                await replica.Run(stops[replica].Token, ending.Token, killing);
            }
            catch
            {
                await ending.CancelAsync();
                throw;
            }
        }

        async Task Stop(Replica replica)
        {
            foreach (var caller in replicas.Where(other => other.Resource.Waits.Exists(wait => wait.Processes.Contains(replica.Resource))))
                await runs[caller].ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await stops[replica].CancelAsync();
            await runs[replica].ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
