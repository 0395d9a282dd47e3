using System.Net.Security;
using System.Security.Authentication;
using Ipo.Tls;

namespace Ipo.Cli.Connections;

/// <summary>Whose certificates a server may show.</summary>
internal static class ServerTrust
{
    private const string Variable = "IPO_TLS_AUTHORITY";

    /// <summary>How a connection over TLS is made: with the authorities that the option's file or the variable's holds, or with
    /// the system's.</summary>
    /// <exception cref="CommandFailure">The file cannot be read, or holds no authority.</exception>
    public static SslClientAuthenticationOptions Options(string? option, Func<string, string?> environment)
    {
        var (file, source) = option is { Length: > 0 } ? (option, "--authority") : (environment(Variable), Variable);
        if (file is null or "") return new();
        Authority authority;
        try { authority = Authority.Read(file); }
        catch (InvalidDataException wrong) { throw new CommandFailure($"{source}: {wrong.Message}", ExitCode.Usage); }
        return new()
        {
            RemoteCertificateValidationCallback = (_, shown, sent, errors) =>
                authority.Problem(shown, sent, errors, PeerRole.Server) is { } problem ? throw new AuthenticationException(problem) : true,
        };
    }
}
