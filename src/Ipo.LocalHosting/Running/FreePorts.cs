using System.Net;
using System.Net.Sockets;

namespace Ipo.LocalHosting.Running;

/// <summary>Hands out loopback ports that nobody listens on. They are taken from below the range from which systems draw the ports
/// of outgoing connections (32768 on Linux, 49152 elsewhere): a port drawn from that range may be in use again before the
/// resource binds it.</summary>
internal sealed class FreePorts
{
    private const int Lowest = 20000;
    private const int Above = 32768;

    private readonly HashSet<int> _given = [];

    public int Take()
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            var port = Random.Shared.Next(Lowest, Above);
            if (_given.Contains(port) || !IsFree(port)) continue;
            _given.Add(port);
            return port;
        }
        throw new Aspire.Hosting.DistributedApplicationException($"No free port between {Lowest} and {Above - 1} on loopback.");
    }

    private static bool IsFree(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false; // somebody has it: the question's other answer
        }
    }
}
