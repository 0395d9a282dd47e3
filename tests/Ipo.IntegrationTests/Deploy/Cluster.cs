using System.Diagnostics;
using k8s;
using k8s.Models;
using Xunit;

namespace Ipo.IntegrationTests.Deploy;

/// <summary>What an overlay of deploy/k8s puts into a cluster: its objects, read strictly.</summary>
public sealed class Cluster
{
    private static readonly string Deploy = Path.Combine(Tests.Shared.Repository, "deploy", "k8s");

    public static readonly string[] Overlays = ["dev", "cpu", "gpu", "shared"];

    private Cluster(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects) => Objects = objects;

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    public IEnumerable<V1Deployment> Deployments => Of<V1Deployment>();

    /// <summary>The names of the optional parts.</summary>
    public static IEnumerable<string> Components => Directory.EnumerateDirectories(Path.Combine(Deploy, "components")).Select(folder => Path.GetFileName(folder)!);

    public IEnumerable<T> Of<T>() where T : IKubernetesObject<V1ObjectMeta> => Objects.OfType<T>();

    public V1Deployment Deployment(string name) => Deployments.Single(deployment => deployment.Metadata.Name == name);

    public V1Service Service(string name) => Of<V1Service>().Single(service => service.Metadata.Name == name);

    /// <summary>The same without some objects, for what has to notice it.</summary>
    public Cluster Without(Func<IKubernetesObject<V1ObjectMeta>, bool> left) => new([.. Objects.Where(item => !left(item))]);

    /// <summary>Renders an overlay and reads it; an unknown field is an exception. The calling test is skipped where kubectl is missing.</summary>
    /// <param name="overlay">The overlay's name.</param>
    /// <param name="components">Names of optional parts to add.</param>
    public static async Task<Cluster> RenderAsync(string overlay, params string[] components)
    {
        var folder = Directory.CreateTempSubdirectory("ipo-k8s-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "kustomization.yaml"),
                $"""
                {(components.Length > 0 ? "namespace: ipo" : "")}
                resources: ['{Relative("overlays", overlay)}']
                components: [{string.Join(", ", components.Select(component => $"'{Relative("components", component)}'"))}]
                """);
            return Read(await KustomizeAsync(folder));
        }
        finally { Directory.Delete(folder, recursive: true); }

        string Relative(params string[] path) => Path.GetRelativePath(folder, Path.Combine([Deploy, .. path]));
    }

    /// <summary>Reads a stream of documents; an unknown field or kind is an exception.</summary>
    public static Cluster Read(string yaml) => new([.. KubernetesYaml.LoadAllFromString(yaml, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()]);

    private static async Task<string> KustomizeAsync(string folder)
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(place => File.Exists(Path.Combine(place, "kubectl"))))
            Assert.Skip("kubectl is not installed.");
        var start = new ProcessStartInfo("kubectl", ["kustomize", folder]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        var rendered = await BuiltPrograms.RunAsync(start, TestContext.Current.CancellationToken);
        Assert.True(rendered.ExitCode == 0, rendered.Errors);
        return rendered.Output;
    }
}
