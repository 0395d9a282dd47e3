using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Ipo.Tls;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ipo.ServiceDefaults;

/// <summary>What this service proves itself with and whom it believes, read again while it runs. Every new connection takes
/// what is there then; those that stand go on. Files that cannot be used leave what was there before. It looks at the files
/// and waits for no word of a change: Kubernetes changes them through a link, which a watcher misses.</summary>
public sealed partial class ServiceCertificate : BackgroundService
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Ipo.ServiceDefaults";

    private const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;
    private const double LastPart = 0.2; // of its life, after which a renewal is late: cert-manager renews with a third left

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SoonAtMost = TimeSpan.FromDays(14);
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromDays(1);

    private readonly string _folder;
    private readonly TimeProvider _clock;
    private readonly ILogger<ServiceCertificate> _log;
    private TlsFiles? _files;
    private volatile Credentials _current;
    private string _problem = "";
    private DateTimeOffset _warned;

    /// <param name="folder">The folder of the three files.</param>
    /// <param name="meters">Makes the meter of the days left.</param>
    /// <param name="log">Says what is used, and what cannot be.</param>
    /// <param name="clock">Tells how soon it expires.</param>
    /// <exception cref="InvalidDataException">The files cannot be used.</exception>
    public ServiceCertificate(string folder, IMeterFactory meters, ILogger<ServiceCertificate> log, TimeProvider? clock = null)
    {
        (_folder, _log, _clock) = (folder, log, clock ?? TimeProvider.System);
        try { Use(TlsFiles.Read(folder)); }
        catch (InvalidDataException wrong)
        {
            throw new InvalidDataException(
                $"{wrong.Message} {TlsSetting.Name} takes a folder with {TlsFiles.CertificateName}, {TlsFiles.KeyName} and "
                    + $"{TlsFiles.AuthorityName}, or 'terminated'.", wrong);
        }
        meters.Create(MeterName).CreateObservableGauge(
            "ipo.tls.certificate.left", () => (Current.Expires - _clock.GetUtcNow()).TotalDays, "d",
            "Days until the certificate in use, or one above it, expires.");
    }

    /// <summary>What a connection takes now.</summary>
    internal Credentials Current => _current;

    /// <summary>Reads the files again, and takes them where they have changed and can be used.</summary>
    internal void Look()
    {
        try
        {
            var files = TlsFiles.Read(_folder);
            if (files != _files) Use(files);
            _problem = "";
        }
        catch (InvalidDataException wrong)
        {
            // The same files may be good later: a certificate can be there before it begins to hold.
            if (wrong.Message != _problem) Kept(wrong.Message, Subject, Current.Expires);
            _problem = wrong.Message;
        }
        WarnOfItsEnd();
    }

    /// <summary>How a connection is accepted.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="asksCallers">Whether the caller has to show a certificate.</param>
    internal ValueTask<SslServerAuthenticationOptions> Accept(TlsHandshakeCallbackContext connection, bool asksCallers)
    {
        var current = Current;
        return ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = current.Certificate,
            EnabledSslProtocols = Protocols,
            ClientCertificateRequired = asksCallers,
            AllowTlsResume = !asksCallers, // a certificate that has ended since is not taken over from an earlier connection
            RemoteCertificateValidationCallback = asksCallers
                ? (_, shown, sent, errors) => Believes(current, shown, sent, errors, PeerRole.Client, Peer(connection))
                : null,
        });
    }

    /// <summary>How a connection is made.</summary>
    internal SslClientAuthenticationOptions Calling() => new()
    {
        EnabledSslProtocols = Protocols,
        AllowTlsResume = false,
        LocalCertificateSelectionCallback = (_, _, _, _, _) => Current.Certificate.TargetCertificate,
        // What counts is decided below; this keeps the framework from asking the system's authorities and the network.
        CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, DisableCertificateDownloads = true },
        RemoteCertificateValidationCallback = (stream, shown, sent, errors) =>
            Believes(Current, shown, sent, errors, PeerRole.Server, (stream as SslStream)?.TargetHostName ?? "a service"),
    };

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, _clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Look();
    }

    private string Subject => Current.Certificate.TargetCertificate.Subject;

    private static string Peer(TlsHandshakeCallbackContext connection) => $"{connection.Connection.RemoteEndPoint}";

    [MemberNotNull(nameof(_current))]
    private void Use(TlsFiles files)
    {
        _current = Credentials.Parse(files);
        _files = files;
        Used(Subject, Current.Names, Current.Expires);
    }

    private bool Believes(
        Credentials current, X509Certificate? shown, X509Chain? sent, SslPolicyErrors errors, PeerRole role, string peer)
    {
        if (current.Authority.Problem(shown, sent, errors, role) is not { } problem) return true;
        if (role == PeerRole.Client) CallerRefused(peer, problem);
        else ServerRefused(peer, problem);
        return false;
    }

    private void WarnOfItsEnd()
    {
        var (now, current) = (_clock.GetUtcNow(), Current);
        var left = current.Expires - now;
        if (left > SoonAtMost || left > (current.Expires - current.Begins) * LastPart || now - _warned < BetweenWarnings) return;
        _warned = now;
        Ending(Subject, current.Expires, _folder);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "TLS with the certificate {Subject} for {Names}; it holds until {Expires:u}")]
    private partial void Used(string subject, string names, DateTimeOffset expires);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The new certificate cannot be used: {Reason} The one before stays in use: {Subject}, which holds until {Expires:u}")]
    private partial void Kept(string reason, string subject, DateTimeOffset expires);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The certificate {Subject}, or one above it, holds until {Expires:u}, and calls fail from then on; renew it in {Folder}")]
    private partial void Ending(string subject, DateTimeOffset expires, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A caller at {Peer} is refused. {Reason}")]
    private partial void CallerRefused(string peer, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Peer} is not called. {Reason}")]
    private partial void ServerRefused(string peer, string reason);
}
