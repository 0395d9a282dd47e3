using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Grpc.Core;
using Ipo.Keys;
using Ipo.Orchestrator.Configuration;
using Ipo.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Access;

/// <summary>A call, as the audit log names it.</summary>
/// <param name="Caller">Who calls.</param>
/// <param name="Needed">The role that it takes.</param>
/// <param name="Name">An RPC's full name, an address, or an agent's tool.</param>
/// <param name="Resource">What it is about, by the contract's names of fields.</param>
internal sealed record AuditedCall(Caller Caller, Role Needed, string Name, IReadOnlyDictionary<string, string> Resource);

/// <summary>Who did what: a line of JSON when a call that may change something begins, and one when it has ended. Lines are
/// only ever appended. A change that cannot be written down is not made.</summary>
internal sealed partial class AuditLog(
    IOptions<AccessOptions> access, IOptions<OrchestratorOptions> orchestrator, FaultAnswers faults, TimeProvider clock,
    ILogger<AuditLog> log)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private const int LongestText = 200; // characters of what a caller sent

    private static readonly Caller Nobody = new("nobody", "nobody", Role.Read, "");

    private readonly Lock _writing = new();

    private string File => access.Value.AuditFile is { Length: > 0 } file
        ? file
        : Path.Combine(orchestrator.Value.DataDirectory, "audit.jsonl");

    /// <summary>Makes a call between its two lines.</summary>
    /// <param name="call">The call.</param>
    /// <param name="work">The work.</param>
    /// <param name="found">What the answer adds to the resource; null for nothing.</param>
    /// <exception cref="AccessException">Its beginning cannot be written.</exception>
    public async Task<T> RecordAsync<T>(
        AuditedCall call, Func<Task<T>> work, Func<T, IReadOnlyDictionary<string, string>>? found = null)
    {
        if (!Covers(call.Needed)) return await work();
        var mayChange = call.Needed > Role.Read;
        if (mayChange) Begin(call);
        try
        {
            var result = await work();
            End(call, "OK", found?.Invoke(result));
            return result;
        }
        catch (Exception fault)
        {
            End(call, OutcomeOf(fault));
            throw;
        }
    }

    /// <summary>Writes down that a caller was not let in for want of a role.</summary>
    public void Refused(Caller caller, string name, string reason)
    {
        if (Covers(Role.Admin)) End(new(caller, Role.Read, name, new Dictionary<string, string>()), reason);
    }

    /// <summary>Writes down that somebody without a token that is taken was not let in.</summary>
    /// <param name="address">Where the call came from.</param>
    /// <param name="name">The call.</param>
    /// <param name="reason">Why it was refused.</param>
    /// <param name="untold">How many more were refused since the last such line.</param>
    public void Stranger(string address, string name, string reason, long untold)
    {
        if (!Covers(Role.Admin)) return;
        var found = new Dictionary<string, string> { ["address"] = address };
        if (untold > 0) found["others_since"] = untold.ToString(CultureInfo.InvariantCulture);
        End(new(Nobody, Role.Read, name, found), reason);
    }

    private bool Covers(Role needed) => access.Value.IsConfigured && access.Value.Audit switch
    {
        AuditScope.All => true,
        AuditScope.Changes => needed > Role.Read,
        _ => false,
    };

    private void Begin(AuditedCall call)
    {
        try { Append(call, "BEGUN"); }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            CannotWrite(File, fault.Message);
            throw new AccessException(AccessErrors.AuditFailed);
        }
    }

    private void End(AuditedCall call, string outcome, IReadOnlyDictionary<string, string>? found = null)
    {
        try { Append(call, outcome, found); }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            CannotWrite(File, fault.Message); // what was done is done; that it began stands there
        }
    }

    private void Append(AuditedCall call, string outcome, IReadOnlyDictionary<string, string>? found = null)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(new
        {
            At = clock.GetUtcNow(),
            Who = call.Caller.Id,
            call.Caller.Name,
            call.Caller.Tenant,
            Call = Shortened(call.Name),
            Resource = call.Resource.Concat(found ?? new Dictionary<string, string>()).DistinctBy(pair => pair.Key)
                .ToDictionary(pair => pair.Key, pair => Shortened(pair.Value)),
            Outcome = outcome,
        }, Json);
        lock (_writing)
        {
            // Opened each time, so that the file may be moved away when it has grown.
            var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var file = new FileStream(File, options);
            file.Write([.. line, (byte)'\n']);
            file.Flush(flushToDisk: true);
        }
    }

    // A line for each call of a path of 8 KB, or of an argument of 60 MB, would fill a disk.
    private static string Shortened(string text) => text.Length <= LongestText ? text
        : $"{text[..(char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText)]}…";

    private string OutcomeOf(Exception fault) => fault switch
    {
        RpcException { StatusCode: var code } refused =>
            refused.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>()?.Reason ?? code.ToString().ToUpperInvariant(),
        OperationCanceledException => "CANCELLED",
        _ => (faults.Known(fault) ?? (fault.InnerException is { } inner ? faults.Known(inner) : null))?.Reason ?? "INTERNAL_ERROR",
    };

    [LoggerMessage(Level = LogLevel.Critical, Message = "The audit log {File} cannot be written, so no change is made: {Reason}")]
    private partial void CannotWrite(string file, string reason);
}
