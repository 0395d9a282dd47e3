using System.Text.Json;
using Xunit;

namespace Ipo.IntegrationTests;

/// <summary>The manifest of the composition, as Aspire's publisher writes it.</summary>
internal static class PublishedManifest
{
    /// <summary>Publishes the built AppHost.</summary>
    /// <param name="environment">What a person sets.</param>
    public static async Task<JsonDocument> OfAsync(params (string Name, string Value)[] environment)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("ipo-manifest-").FullName;
        try
        {
            var file = Path.Combine(folder, "manifest.json");
            var start = BuiltPrograms.Start("src/Ipo.AppHost", "Ipo.AppHost.dll", "--operation", "publish", "--publisher", "manifest", "--output-path", file);
            foreach (var (name, value) in environment) start.Environment[name] = value;
            var published = await BuiltPrograms.RunAsync(start, cancellation);
            Assert.True(published.ExitCode == 0, $"{published.Output}\n{published.Errors}");
            return JsonDocument.Parse(await File.ReadAllTextAsync(file, cancellation));
        }
        finally { Directory.Delete(folder, recursive: true); }
    }
}
