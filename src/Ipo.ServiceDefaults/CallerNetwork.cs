using System.Net;
using System.Net.Sockets;

namespace Ipo.ServiceDefaults;

/// <summary>Whom an address stands for where callers are counted by it.</summary>
public static class CallerNetwork
{
    private const int Ipv6Bytes = 8;

    /// <summary>The address; of IPv6 its network of 64 bits, because whoever has an address there has 2^64 of them.</summary>
    public static IPAddress Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(Ipv6Bytes).Clear();
        return new(bytes);
    }
}
