namespace Ipo.Tls;

/// <summary>What a peer's certificate has to be meant for.</summary>
public enum PeerRole
{
    /// <summary>It answers: RFC 5280's id-kp-serverAuth.</summary>
    Server,

    /// <summary>It calls: RFC 5280's id-kp-clientAuth.</summary>
    Client,
}
