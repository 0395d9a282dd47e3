using Ipo.Cli.Connections;
using Ipo.Keys;
using Ipo.Tests.Cli;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Access;

/// <summary><c>ipo</c> against an orchestrator that asks who calls, over a real connection.</summary>
public sealed class CommandLineTokenTests
{
    [Fact]
    public async Task Ipo_calls_with_the_token_of_its_variable_or_its_file_and_says_what_lacks()
    {
        using var folder = new TempFolder();
        var (key, token) = ApiKey.Create("someone", Role.Read, "local", DateTimeOffset.UtcNow, null);
        var keys = Path.Combine(folder, "keys.json");
        KeysFile.Write(keys, [key]);
        await using var fakes = await FakeServices.StartAsync();
        await using var lab = await OrchestratorLab.StartAsync(
            folder, fakes, kestrel: true,
            services: services => Microsoft.Extensions.DependencyInjection.OptionsServiceCollectionExtensions
                .Configure<Ipo.Orchestrator.Configuration.AccessOptions>(services, access => access.KeysFile = keys));
        var server = lab.Address;

        var without = new CommandLine { Environment = { ["IPO_SERVER"] = server } };
        Assert.Equal(ExitCode.Error, await without.RunAsync("runs"));
        Assert.StartsWith("ipo: Say who calls:", without.Error, StringComparison.Ordinal);

        var variable = new CommandLine { Environment = { ["IPO_SERVER"] = server, ["IPO_TOKEN"] = token } };
        Assert.Equal(ExitCode.Done, await variable.RunAsync("runs"));

        var file = new CommandLine { Environment = { ["IPO_SERVER"] = server, ["IPO_TOKEN"] = "wrong" } };
        Assert.Equal(ExitCode.Done, await file.RunAsync("runs", "--token-file", folder.Write("token", token + "\n")));

        foreach (var (path, expected) in ((string, string)[])
            [(Path.Combine(folder, "gone"), "--token-file cannot read"), (folder.Write("two", "a\nb\n"), "holds no token"), (folder.Write("none", " \n"), "holds no token")])
        {
            var wrong = new CommandLine { Environment = { ["IPO_SERVER"] = server } };
            Assert.Equal(ExitCode.Usage, await wrong.RunAsync("runs", "--token-file", path));
            Assert.Contains(expected, wrong.Error, StringComparison.Ordinal);
        }
    }
}
