using Aspire.Hosting;
using Ipo.LocalHosting.Running;
using Xunit;

namespace Ipo.Tests.LocalHosting.Running;

public sealed class ProjectOutputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Put(string relative, string content = "")
    {
        var path = Path.Combine(_folder.Path, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    [Fact]
    public void A_project_is_run_from_the_output_that_mirrors_the_hosts_own()
    {
        Put("Host/Host.csproj");
        var project = Put("Service/Service.csproj", "<Project><PropertyGroup><AssemblyName>named</AssemblyName></PropertyGroup></Project>");
        Put("Service/bin/Debug/net10.0/named.dll");
        var release = Put("Service/bin/Release/net10.0/named.dll");
        var command = ProjectOutput.Find("service", project, Path.Combine(_folder.Path, "Host", "bin", "Release", "net10.0"));
        Assert.Equal([release], command.Arguments);
        Assert.Equal(Path.Combine(_folder.Path, "Service"), command.WorkingDirectory);
        Assert.Contains("dotnet", command.FileName);
    }

    [Fact]
    public void A_project_that_is_not_built_is_named_with_the_command_that_builds_it()
    {
        Put("Host/Host.csproj");
        var project = Put("Service/Service.csproj", "<Project />");
        Put("Service/bin/Debug/net10.0/Service.dll");
        var refusal = Assert.Throws<DistributedApplicationException>(() => ProjectOutput.Find("service", project, Path.Combine(_folder.Path, "Host", "bin", "Release", "net10.0")));
        Assert.Contains("'service' is not built", refusal.Message);
        Assert.Contains($"dotnet build \"{project}\"", refusal.Message);
    }

    [Fact]
    public void A_project_that_is_not_there_is_named()
    {
        var refusal = Assert.Throws<DistributedApplicationException>(() => ProjectOutput.Find("service", Path.Combine(_folder.Path, "no.csproj"), AppContext.BaseDirectory));
        Assert.Contains("'service'", refusal.Message);
        Assert.Contains("no.csproj", refusal.Message);
    }
}
