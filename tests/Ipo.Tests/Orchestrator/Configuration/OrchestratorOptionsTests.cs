using Ipo.Orchestrator.Configuration;
using Ipo.ServiceDefaults.Settings;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Ipo.Tests.Orchestrator.Configuration;

public sealed class OrchestratorOptionsTests : IDisposable
{
    private static readonly SettingRules<OrchestratorOptions> Rules = new(OrchestratorOptions.Section);

    private readonly TempFolder _folder = new();

    [Fact]
    public void Empty_configuration_is_right_and_the_folder_is_its_owners_alone()
    {
        var options = new OrchestratorOptions { DataDirectory = Path.Combine(_folder, "a/b") };
        Assert.True(Rules.Validate(null, options).Succeeded);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(options.DataDirectory));
    }

    [Fact]
    public void Wrong_settings_are_named_by_their_configuration_path()
    {
        var options = new OrchestratorOptions
        {
            ParallelRuns = 0,
            LargestImageBytes = 1,
            MostImages = 0,
            MostUnpackedBytes = 1,
            MostClasses = 1,
            StopGrace = TimeSpan.FromSeconds(-1),
        };
        var failures = Rules.Validate(null, options).Failures!.ToList();
        foreach (var name in new[] { "ParallelRuns", "LargestImageBytes", "MostImages", "MostUnpackedBytes", "MostClasses", "StopGrace" })
            Assert.Contains(failures, failure => failure.StartsWith($"Ipo:Orchestrator:{name} ", StringComparison.Ordinal));
    }

    [Fact]
    public void An_empty_folder_and_an_empty_root_are_named() =>
        Assert.Equal(
            ["Ipo:Orchestrator:DataDirectory", "Ipo:Orchestrator:DatasetRoots"],
            Rules.Validate(null, new() { DataDirectory = " ", DatasetRoots = { "" } }).Failures!.Select(failure => failure.Split(' ')[0]));

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        _folder.Write("file", "x");
        var failures = Rules.Validate(null, new() { DataDirectory = Path.Combine(_folder, "file/below") }).Failures!;
        Assert.Contains("file/below' cannot be used", Assert.Single(failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_longest_grace_that_is_accepted_is_granted_by_the_service_itself()
    {
        await using var fakes = await FakeServices.StartAsync();
        await using var lab = await OrchestratorLab.StartAsync(_folder, fakes, options: set => set.StopGrace = TimeSpan.FromMinutes(10));
        var host = lab.Services.GetRequiredService<IOptions<HostOptions>>().Value;

        Assert.True(host.ShutdownTimeout > TimeSpan.FromMinutes(10));
    }

    public void Dispose() => _folder.Dispose();
}
