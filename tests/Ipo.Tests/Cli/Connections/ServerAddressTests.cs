using System.Globalization;
using Ipo.Cli.Connections;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Cli.Connections;

public sealed class ServerAddressTests : IDisposable
{
    private readonly DirectoryInfo home = Directory.CreateTempSubdirectory("ipo-home-");

    private string EndpointsFile => Path.Combine(home.FullName, "endpoints.json");

    public void Dispose() => home.Delete(recursive: true);

    [Fact]
    public void The_option_comes_before_the_variables_and_they_before_the_file()
    {
        var variables = new Dictionary<string, string> { ["IPO_HOME"] = home.FullName };
        WriteEndpoints("http://127.0.0.1:4");
        Assert.Equal((new Uri("http://127.0.0.1:4"), EndpointsFile), Find(null));
        variables["services__orchestrator__grpc__0"] = "http://127.0.0.1:3";
        Assert.Equal((new Uri("http://127.0.0.1:3"), "services__orchestrator__grpc__0"), Find(null));
        variables["IPO_SERVER"] = "https://ipo.example.org";
        Assert.Equal((new Uri("https://ipo.example.org"), "IPO_SERVER"), Find(null));
        Assert.Equal((new Uri("http://127.0.0.1:1"), "--server"), Find("http://127.0.0.1:1"));

        (Uri, string) Find(string? option)
        {
            var found = ServerAddress.Find(option, variables.GetValueOrDefault);
            return (found.Uri, found.Source);
        }
    }

    [Fact]
    public async Task Without_any_address_it_says_how_to_start_an_orchestrator()
    {
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("runs"));
        Assert.Equal(
            $"ipo: No orchestrator found: --server and IPO_SERVER are not set, and no running AppHost has written {EndpointsFile}. " +
            "Start one with 'dotnet run --project src/Ipo.AppHost', or pass --server http://HOST:PORT.\n",
            line.Error);
    }

    [Theory]
    [InlineData("localhost:5000")]
    [InlineData("ftp://host")]
    [InlineData("not an address")]
    public async Task What_is_no_address_is_named_with_where_it_stood(string address)
    {
        var line = Line();
        line.Environment["IPO_SERVER"] = address;
        Assert.Equal(ExitCode.Usage, await line.RunAsync("runs"));
        Assert.Equal($"ipo: IPO_SERVER holds '{address}', which is not an address; use http://HOST:PORT or https://HOST:PORT.\nNext: ipo runs --help\n", line.Error);
    }

    [Fact]
    public async Task The_file_of_a_running_AppHost_leads_to_its_orchestrator()
    {
        await using var orchestrator = await FakeOrchestrator.StartAsync();
        WriteEndpoints(orchestrator.Address);
        Assert.Equal(ExitCode.Done, await Line().RunAsync("runs"));
    }

    [Fact]
    public async Task A_stale_file_is_called_stale()
    {
        WriteEndpoints(await AddressWhereNothingAnswersAsync(), int.MaxValue);
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("runs"));
        Assert.Contains($"{EndpointsFile} is stale, because the AppHost that wrote it (process 2147483647) no longer runs. Start it again", line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_whose_AppHost_still_runs_points_to_the_AppHost()
    {
        WriteEndpoints(await AddressWhereNothingAnswersAsync(), Environment.ProcessId);
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("runs"));
        Assert.Contains($"the AppHost that wrote {EndpointsFile} still runs (process {Environment.ProcessId})", line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_where_nothing_answers_is_named_with_its_source()
    {
        var address = await AddressWhereNothingAnswersAsync();
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("runs", "--server", address));
        Assert.Equal($"ipo: Nothing is listening at {address}/ (--server). Check the address, or start the orchestrator with 'dotnet run --project src/Ipo.AppHost'.\n", line.Error);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"services":{"orchestrator":{"grpc":5}}}""")]
    public async Task A_damaged_file_is_named(string content)
    {
        await File.WriteAllTextAsync(EndpointsFile, content, TestContext.Current.CancellationToken);
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("runs"));
        Assert.Contains($"{EndpointsFile} cannot be read: it has no services.orchestrator.grpc.", line.Error, StringComparison.Ordinal);
    }

    private CommandLine Line()
    {
        var line = new CommandLine();
        line.Environment["IPO_HOME"] = home.FullName;
        return line;
    }

    private void WriteEndpoints(string grpc, int process = 1) => File.WriteAllText(
        EndpointsFile,
        $$$$"""{"pid":{{{{process.ToString(CultureInfo.InvariantCulture)}}}},"page":"http://127.0.0.1:1","services":{"orchestrator":{"grpc":"{{{{grpc}}}}","http":"http://127.0.0.1:1"}}}""");

    private static async Task<string> AddressWhereNothingAnswersAsync()
    {
        await using var gone = await FakeOrchestrator.StartAsync();
        return gone.Address;
    }
}
