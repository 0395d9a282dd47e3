using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Ipo.Tests.Fakes;

/// <summary>A hub on this machine that speaks Hugging Face's HTTP API: lists a model's files, sends small ones itself, and redirects to
/// another host (another port) for large ones. It misbehaves as it is told.</summary>
internal sealed class LocalHub : IAsyncDisposable
{
    private readonly WebApplication _hub, _store;
    private readonly ConcurrentQueue<HubRequest> _requests = new();

    private LocalHub() => (_hub, _store) = (Application(AnswerAsync), Application(SendAsync));

    /// <summary>What HF_ENDPOINT is set to.</summary>
    public string Endpoint => _hub.Urls.Single();

    /// <summary>The other host.</summary>
    public string Store => _store.Urls.Single();

    /// <summary>The models by name.</summary>
    public Dictionary<string, HubModel> Models { get; } = [];

    /// <summary>What was asked so far, of either host.</summary>
    public IReadOnlyList<HubRequest> Requests => [.. _requests];

    /// <summary>Refusals for the requests whose path has the text in it, one for each request, in order.</summary>
    public List<HubFault> Faults { get; } = [];

    /// <summary>The token that a model needs; null where it is open.</summary>
    public string? Token { get; set; }

    public static async Task<LocalHub> StartAsync()
    {
        var hub = new LocalHub();
        await hub._hub.StartAsync();
        await hub._store.StartAsync();
        return hub;
    }

    /// <summary>A model with all files of a folder; those of more than so many bytes are large.</summary>
    public HubModel Add(string name, string folder, long large = 1 << 20)
    {
        var model = Models[name] = new();
        foreach (var file in Directory.EnumerateFiles(folder)) model.Add(Path.GetFileName(file), file, new FileInfo(file).Length > large);
        return model;
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static WebApplication Application(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var application = builder.Build();
        application.Run(answer); // a fallback's route leaves out what looks like a file
        return application;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (await IsRefusedAsync(context, "hub")) return;
        var path = context.Request.Path.Value!;
        if (Models.FirstOrDefault(entry => path.StartsWith($"/api/models/{entry.Key}/revision/", StringComparison.Ordinal)) is { Value: { } listed } found)
        {
            var revision = Uri.UnescapeDataString(path[$"/api/models/{found.Key}/revision/".Length..]);
            if (!listed.Revisions.Contains(revision) && revision != listed.Commit) await RefuseAsync(context, 404, "RevisionNotFound");
            else await context.Response.WriteAsJsonAsync(listed.Listing(found.Key, withBlobs: context.Request.Query["blobs"] == "true"));
            return;
        }
        var (name, model) = Models.FirstOrDefault(entry => path.StartsWith($"/{entry.Key}/resolve/", StringComparison.Ordinal));
        if (model is null)
        {
            await RefuseAsync(context, 404, "RepoNotFound");
            return;
        }
        var file = Uri.UnescapeDataString(path.Split('/')[^1]);
        if (Token is not null && context.Request.Headers.Authorization != $"Bearer {Token}") await RefuseAsync(context, 401, "GatedRepo");
        else if (!model.Files.TryGetValue(file, out var content)) await RefuseAsync(context, 404, "EntryNotFound");
        else if (!content.IsLarge) await content.SendAsync(context);
        else
        {
            context.Response.Headers["X-Linked-ETag"] = $"\"{content.Digest}\"";
            context.Response.Headers["X-Linked-Size"] = content.Size.ToString(CultureInfo.InvariantCulture);
            context.Response.Redirect(model.RedirectTo ?? $"{Store}/{name}/{file}?signature=secret");
        }
    }

    private async Task SendAsync(HttpContext context)
    {
        if (await IsRefusedAsync(context, "store")) return;
        var parts = context.Request.Path.Value!.Split('/');
        await Models[string.Join('/', parts[1..^1])].Files[parts[^1]].SendAsync(context);
    }

    private async Task<bool> IsRefusedAsync(HttpContext context, string host)
    {
        var headers = context.Request.Headers;
        var path = context.Request.Path.Value!;
        _requests.Enqueue(new(host, path, Header("Authorization"), Header("Range"), Header("If-Range"), Header("traceparent"), Header("User-Agent")));
        var fault = Faults.FirstOrDefault(fault => fault.Host == host && path.Contains(fault.Path, StringComparison.Ordinal));
        if (fault is null) return false;
        Faults.Remove(fault);
        await fault.Answer(context);
        return true;

        string? Header(string name) => headers.TryGetValue(name, out var values) ? values.ToString() : null;
    }

    public static Task RefuseAsync(HttpContext context, int status, string? code = null, string? message = null)
    {
        context.Response.StatusCode = status;
        if (code is not null) context.Response.Headers["X-Error-Code"] = code;
        if (message is not null) context.Response.Headers["X-Error-Message"] = message;
        return Task.CompletedTask;
    }
}

/// <summary>A request as a host got it.</summary>
internal sealed record HubRequest(string Host, string Path, string? Authorization, string? Range, string? IfRange, string? TraceParent, string? UserAgent);

/// <summary>What a host does with one request whose path has a text in it.</summary>
internal sealed record HubFault(string Host, string Path, Func<HttpContext, Task> Answer)
{
    public static HubFault Status(string host, string path, int status, string? retryAfter = null, string? code = null, string? message = null) => new(host, path, context =>
    {
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        return LocalHub.RefuseAsync(context, status, code, message);
    });
}

/// <summary>A model at one commit.</summary>
internal sealed class HubModel
{
    public string Commit { get; set; } = "57c216476eefef5ab752ec549e440a49ae4ae5f3";

    /// <summary>Branches and tags, which all are this commit.</summary>
    public HashSet<string> Revisions { get; } = ["main"];

    public Dictionary<string, HubFile> Files { get; } = [];

    /// <summary>Where the hub sends for a large file in place of its store.</summary>
    public string? RedirectTo { get; set; }

    public HubFile Add(string name, string path, bool isLarge = false) => Files[name] = new(() => File.OpenRead(path), isLarge);

    public HubFile Add(string name, byte[] content, bool isLarge = false) => Files[name] = new(() => new MemoryStream(content), isLarge);

    public HubFile Add(string name, string text) => Add(name, Encoding.UTF8.GetBytes(text));

    public object Listing(string name, bool withBlobs) => new
    {
        id = name,
        sha = Commit,
        siblings = Files.Select(file => withBlobs ? file.Value.Listed(file.Key) : new { rfilename = file.Key }),
    };
}

/// <summary>A file, and how it is sent.</summary>
internal sealed class HubFile
{
    private readonly Func<Stream> _open;

    public HubFile(Func<Stream> open, bool isLarge)
    {
        (_open, IsLarge) = (open, isLarge);
        using var stream = open();
        Size = stream.Length;
        using var hash = IncrementalHash.CreateHash(isLarge ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1); // Git's own is SHA-1
        if (!isLarge) hash.AppendData(Encoding.ASCII.GetBytes($"blob {Size}\0"));
        var buffer = new byte[1 << 20];
        while (stream.Read(buffer) is var count and > 0) hash.AppendData(buffer, 0, count);
        Digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        ETag = $"\"{Digest}\"";
    }

    public bool IsLarge { get; }

    /// <summary>As it is listed.</summary>
    public long Size { get; set; }

    /// <summary>As it is listed; null where none is.</summary>
    public string? Digest { get; set; }

    public string? ETag { get; set; }

    /// <summary>The bytes after which answers are cut, one for each answer, in order.</summary>
    public Queue<long> Cuts { get; } = new();

    /// <summary>Whether an answer that is cut holds still instead, until whoever asked goes away.</summary>
    public bool Stalls { get; set; }

    public bool IgnoresRanges { get; set; }

    /// <summary>Whether answers come without their length, so that a cut looks like an end.</summary>
    public bool HidesLength { get; set; }

    /// <summary>What is sent in place of the content.</summary>
    public byte[]? Instead { get; set; }

    public object Listed(string name) => IsLarge
        ? new { rfilename = name, size = 134, blobId = new string('0', 40), lfs = (object?)new { sha256 = Digest, size = Size, pointerSize = 134 } }
        : new { rfilename = name, size = Size, blobId = Digest };

    public async Task SendAsync(HttpContext context)
    {
        await using var content = Instead is null ? _open() : new MemoryStream(Instead);
        var response = context.Response;
        if (ETag is not null) response.Headers.ETag = ETag;
        var from = 0L;
        var ifRange = context.Request.Headers.IfRange.ToString();
        if (!IgnoresRanges && context.Request.Headers.Range.ToString() is ['b', 'y', 't', 'e', 's', '=', .. var start, '-'] && (ifRange.Length == 0 || ifRange == ETag))
        {
            from = long.Parse(start, CultureInfo.InvariantCulture);
            if (from >= content.Length)
            {
                response.StatusCode = 416;
                return;
            }
            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }
        if (!HidesLength) response.ContentLength = content.Length - from;
        content.Position = from;
        var left = Cuts.TryDequeue(out var cut) ? cut : long.MaxValue;
        var buffer = new byte[1 << 16];
        while (left > 0 && await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length))) is var count and > 0)
        {
            await response.Body.WriteAsync(buffer.AsMemory(0, count));
            left -= count;
        }
        await response.Body.FlushAsync();
        // With fewer bytes than it promised Kestrel closes the connection behind the last of them; a reset could lose some on the way.
        if (left == 0 && Stalls) await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
