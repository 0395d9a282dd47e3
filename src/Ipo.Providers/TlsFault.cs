using System.Security.Authentication;

namespace Ipo.Providers;

/// <summary>Why no TLS connection came about, for a person.</summary>
internal static class TlsFault
{
    public static string Of(Exception insecure)
    {
        // Chain errors stand in the message by the names of X509ChainStatusFlags, and nowhere else.
        var said = insecure.Message;
        if (insecure is not AuthenticationException) return "it ended the attempt, perhaps because it speaks no TLS";
        if (said.Contains("NameMismatch", StringComparison.Ordinal)) return "its certificate is for another host";
        if (said.Contains("NotTimeValid", StringComparison.Ordinal)) return "its certificate has expired or is not valid yet";
        return said.Contains("certificate", StringComparison.OrdinalIgnoreCase)
            ? "its certificate is not trusted on this machine"
            : "it speaks no TLS that this machine knows";
    }
}
