using Ipo.Keys;
using Ipo.Orchestrator.Configuration;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Access;

/// <summary>The keys of the file. It is read for every call, so that a revoked key is refused from the next one on: it has
/// some kilobytes, and Kubernetes changes a mounted secret by its links, which neither a watcher nor a file's time shows
/// reliably.</summary>
internal sealed partial class KeyRing(IOptions<AccessOptions> options, TimeProvider clock, ILogger<KeyRing> log)
{
    private sealed record Reading(byte[] Bytes, IReadOnlyDictionary<string, ApiKey> Keys);

    private volatile Reading? _last;
    private string _unreadable = "";

    /// <summary>The caller of a key's token.</summary>
    /// <exception cref="AccessException">There is no such key, it has expired or was revoked, or the file cannot be
    /// read.</exception>
    public Caller Find(string token)
    {
        // All three are one answer, so that nobody learns which ids there are.
        if (ApiKey.Parse(token) is not var (id, secret) || !Keys().TryGetValue(id, out var key) || !key.Matches(secret))
            throw new AccessException(AccessErrors.Invalid("There is no such key. A key is ipo_ID_SECRET, as 'ipo keys create' shows it."));
        if (key.Revoked is not null) throw new AccessException(AccessErrors.Revoked);
        return key.Expires <= clock.GetUtcNow()
            ? throw new AccessException(AccessErrors.Expired)
            : new(key.Id, key.Name, key.Role, key.Tenant);
    }

    private IReadOnlyDictionary<string, ApiKey> Keys()
    {
        if (options.Value.KeysFile is not { Length: > 0 } file) return new Dictionary<string, ApiKey>();
        try
        {
            var bytes = KeysFile.ReadBytes(file);
            var last = _last;
            if (last is null || !bytes.AsSpan().SequenceEqual(last.Bytes))
                _last = last = new(bytes, KeysFile.Parse(file, bytes).ToDictionary(key => key.Id, StringComparer.Ordinal));
            _unreadable = "";
            return last.Keys;
        }
        catch (KeysFileException fault)
        {
            // Keys that were good a moment ago may be what the change takes away: nobody is let in.
            if (Interlocked.Exchange(ref _unreadable, fault.Message) != fault.Message) Unreadable(fault.Message);
            throw new AccessException(AccessErrors.Unavailable);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "No key is taken until the file is mended: {Reason}")]
    private partial void Unreadable(string reason);
}
