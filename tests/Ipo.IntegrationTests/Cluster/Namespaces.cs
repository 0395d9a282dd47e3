using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Ipo.IntegrationTests.Cluster;

/// <summary>Network namespaces on one bridge: each has an address of its own, and what it may not reach is dropped on its way, as by a cable that
/// is cut. Needs root, iproute2 and nftables.</summary>
internal sealed class Namespaces : IDisposable
{
    private readonly string _prefix = $"ipo{Environment.ProcessId}";
    private readonly string _bridge = $"ipo{Environment.ProcessId % 1_000_000}";
    private readonly List<string> _spaces = [];
    private readonly string _network;

    public Namespaces()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) Assert.Skip("Network namespaces need Linux and root.");
        foreach (var program in new[] { "ip", "nft" })
            if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, program))))
                Assert.Skip($"{program} is not installed; install iproute2 and nftables to run this test.");
        // A network that two test processes on one machine hardly share.
        _network = string.Create(CultureInfo.InvariantCulture, $"10.{200 + (Environment.ProcessId % 50)}.{Environment.ProcessId / 50 % 250}");
        Run("ip", "link", "add", _bridge, "type", "bridge");
        Run("ip", "addr", "add", $"{Host}/24", "dev", _bridge);
        Run("ip", "link", "set", _bridge, "up");
    }

    /// <summary>The address at which all namespaces reach this one.</summary>
    public string Host => $"{_network}.254";

    /// <summary>Adds a namespace.</summary>
    /// <returns>Its address, and the command that runs another one in it.</returns>
    public (string Address, string[] Before) Add()
    {
        var number = _spaces.Count + 1;
        var (space, cable, address) = ($"{_prefix}-{number}", $"{_bridge}v{number}", $"{_network}.{number}");
        Run("ip", "netns", "add", space);
        _spaces.Add(space);
        Run("ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", space);
        Run("ip", "link", "set", cable, "master", _bridge, "up");
        Run("ip", "-n", space, "link", "set", "lo", "up");
        Run("ip", "-n", space, "addr", "add", $"{address}/24", "dev", "eth0");
        Run("ip", "-n", space, "link", "set", "eth0", "up");
        return (address, ["ip", "netns", "exec", space]);
    }

    /// <summary>Drops what goes between a namespace and an address; with a port, to and from that port alone.</summary>
    public void Cut(string from, string to, int? port = null)
    {
        var space = SpaceOf(from);
        var (there, back) = port is { } number ? ($"tcp dport {number}", $"tcp sport {number}") : ("", "");
        Run("ip", "netns", "exec", space, "nft",
            $"add table inet cut; add chain inet cut output {{ type filter hook output priority 0; }}; add chain inet cut input {{ type filter hook input priority 0; }}; "
            + $"add rule inet cut output ip daddr {to} {there} drop; add rule inet cut input ip saddr {to} {back} drop");
    }

    /// <summary>Lets everything through again.</summary>
    public void Heal(string from) => Run("ip", "netns", "exec", SpaceOf(from), "nft", "delete table inet cut");

    public void Dispose()
    {
        foreach (var space in _spaces) Run("ip", "netns", "del", space);
        Run("ip", "link", "del", _bridge);
    }

    private string SpaceOf(string address) => _spaces[int.Parse(address.Split('.')[^1], CultureInfo.InvariantCulture) - 1];

    private static void Run(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)}: {errors}");
    }
}
