using System.Text.Json;
using Xunit;

namespace Ipo.Tests.ServiceDefaults;

public sealed class CollectorTests
{
    // A wrong property name is no error to MSBuild; what the build wrote for the runtime shows what was chosen.
    [Theory]
    [InlineData("Ipo.Cache", null)]
    [InlineData("Ipo.ClipScorer", 7)]
    [InlineData("Ipo.Captioner", null)]
    [InlineData("Ipo.PromptGen", null)]
    [InlineData("Ipo.Orchestrator", 7)]
    public void Each_service_has_the_collector_that_was_chosen_for_it(string service, int? conserveMemory)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"{service}.runtimeconfig.json"));
        using var settings = JsonDocument.Parse(file);
        var properties = settings.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");
        Assert.False(properties.GetProperty("System.GC.Server").GetBoolean());
        Assert.Equal(conserveMemory, properties.TryGetProperty("System.GC.ConserveMemory", out var share) ? share.GetInt32() : null);
    }
}
