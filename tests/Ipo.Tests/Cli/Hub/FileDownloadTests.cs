using Ipo.Cli.Connections;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Cli.Hub;

/// <summary>What becomes of a download when the network, the hub or something between them fails.</summary>
public sealed class FileDownloadTests : IAsyncLifetime
{
    private const string File = "model.safetensors";

    private Pulling pulling = null!;

    public async ValueTask InitializeAsync() => pulling = await Pulling.StartAsync();

    public ValueTask DisposeAsync() => pulling.DisposeAsync();

    private HubFile Weights => pulling.Model.Files[File];

    private string Part => Path.Combine(pulling.Staging, "files", File + ".part");

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(65_537, false)]
    [InlineData(3_499_999, false)]
    [InlineData(65_537, true)]
    public async Task A_cut_connection_goes_on_at_the_byte_where_it_was_cut(long at, bool looksLikeAnEnd)
    {
        Weights.Cuts.Enqueue(at);
        Weights.HidesLength = looksLikeAnEnd;
        var (code, line) = await pulling.PullAsync();
        Assert.Equal((ExitCode.Done, ""), (code, code == 0 ? "" : line.Complaint));
        var again = pulling.Sent(File)[^1];
        Assert.Equal((at == 0 ? null : $"bytes={at}-", at == 0 ? null : Weights.ETag), (again.Range, again.IfRange));
        Assert.Single(line.ComplaintLines, told => told.EndsWith("; trying again in 1 s (1 of 5).", StringComparison.Ordinal));
        Assert.Contains(looksLikeAnEnd ? $"{File} ended at 64.0 KiB of 3.3 MiB" : "The connection to 127.0.0.1 is cut (", line.Complaint, StringComparison.Ordinal);
        Assert.Equal(Pulling.Weights, await System.IO.File.ReadAllBytesAsync(Path.Combine(pulling.Folder, File), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task It_waits_longer_each_time_and_gives_up_with_what_came_kept()
    {
        Weights.Cuts.Enqueue(1_000_000);
        for (var cut = 0; cut < 5; cut++) Weights.Cuts.Enqueue(0);
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal(TimeSpan.FromSeconds(1 + 2 + 4 + 8 + 16), pulling.Clock.Waited);
        Assert.EndsWith(", and 5 further tries failed too. The same command goes on where this one stopped.", line.ComplaintLines[^1], StringComparison.Ordinal);
        Assert.Equal(1_000_000, new FileInfo(Part).Length);
        Assert.False(Directory.Exists(pulling.Folder));

        var (again, _) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Done, again);
        Assert.Equal("bytes=1000000-", pulling.Sent(File)[^1].Range);
    }

    [Fact]
    public async Task A_try_that_brought_a_mebibyte_was_not_in_vain()
    {
        // Each of three times it is cut after 1 MiB, and between them as often as is borne.
        for (var piece = 0; piece < 3; piece++)
        {
            Weights.Cuts.Enqueue(1 << 20);
            for (var cut = 0; cut < 4; cut++) Weights.Cuts.Enqueue(0);
        }
        var (code, line) = await pulling.PullAsync();
        Assert.Equal((ExitCode.Done, ""), (code, code == 0 ? "" : line.Complaint));
        Assert.Equal(15, line.ComplaintLines.Count(told => told.Contains("; trying again in ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Progress_ends_at_100_percent_in_lines_where_nobody_watches()
    {
        Weights.Cuts.Enqueue(1_750_000);
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Done, code);
        var progress = line.ComplaintLines.Where(told => told.StartsWith("downloading  ", StringComparison.Ordinal)).ToList();
        Assert.StartsWith("downloading  3.3 MiB of 3.3 MiB  100 %  ", progress[^1], StringComparison.Ordinal);
        Assert.Single(progress, told => told.Contains("100 %", StringComparison.Ordinal));
    }

    [Fact]
    public async Task On_a_screen_progress_is_one_line_in_place()
    {
        Weights.Cuts.Enqueue(1_750_000);
        var line = new CommandLine { Live = true, Time = pulling.Clock };
        foreach (var (name, value) in pulling.Line().Environment) line.Environment[name] = value;
        Assert.Equal(ExitCode.Done, await line.RunAsync("model", "pull", Pulling.Name));
        Assert.Contains("\r\e[Kdownloading  3.3 MiB of 3.3 MiB  ━━━━━━━━━━━━━━━━━━━━  100 %  ", line.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_ignores_the_range_begins_anew_and_that_is_said()
    {
        Weights.Cuts.Enqueue(1_000_000);
        Weights.IgnoresRanges = true;
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains($"{File}: the server sends it from its beginning, so the 976.6 KiB that were here are dropped.\n", line.Complaint, StringComparison.Ordinal);
        Assert.Equal(Pulling.Weights, await System.IO.File.ReadAllBytesAsync(Path.Combine(pulling.Folder, File), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Content_that_changed_at_the_server_meanwhile_begins_anew()
    {
        Weights.Cuts.Enqueue(1_000_000);
        Weights.ETag = "\"yesterday\"";
        for (var cut = 0; cut < 6; cut++) Weights.Cuts.Enqueue(0);
        Assert.Equal(ExitCode.Error, (await pulling.PullAsync()).Code);
        Weights.Cuts.Clear();
        Weights.ETag = "\"today\"";
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal("\"yesterday\"", pulling.Sent(File)[^1].IfRange);
        Assert.Contains("the server sends it from its beginning", line.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_name_of_the_content_the_checksum_alone_decides()
    {
        Weights.Cuts.Enqueue(1_000_000);
        Weights.ETag = null;
        Assert.Equal(ExitCode.Done, (await pulling.PullAsync()).Code);
        Assert.Equal(("bytes=1000000-", null), (pulling.Sent(File)[^1].Range, pulling.Sent(File)[^1].IfRange));
    }

    [Fact]
    public async Task A_server_that_has_less_than_is_here_begins_anew()
    {
        Weights.Cuts.Enqueue(1_000_000);
        pulling.Hub.Faults.Add(new("store", File, context => Weights.SendAsync(context)));
        pulling.Hub.Faults.Add(HubFault.Status("store", File, 416));
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains($"127.0.0.1 has less of {File} than is here; trying again in 2 s (2 of 5).\n", line.Complaint, StringComparison.Ordinal);
        Assert.Null(pulling.Sent(File)[^1].Range);
    }

    [Theory]
    [InlineData(File, "SHA-256")]
    [InlineData("vocab.json", "Git blob")]
    public async Task A_wrong_checksum_is_refused_with_both_digests_and_the_file_is_gone(string name, string kind)
    {
        var file = pulling.Model.Files[name];
        file.Instead = Pulling.Bytes(7, (int)file.Size);
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Matches(
            $"^ipo: {name} is not what the hub lists: it has {kind} [0-9a-f]+, and should have {kind} {file.Digest}\\. It was deleted\\. "
                + "The same command downloads it anew; where that fails too, a proxy or mirror changes files: name another with HF_ENDPOINT\\.$", line.ComplaintLines[^1]);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(pulling.Staging, "files")), path => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal));
        Assert.False(Directory.Exists(pulling.Folder));

        file.Instead = null;
        Assert.Equal(ExitCode.Done, (await pulling.PullAsync()).Code);
    }

    [Theory]
    [InlineData(3_499_999, true, "The hub lists 3,500,000 bytes for model.safetensors, and 3,499,999 come.")]
    [InlineData(3_500_001, true, "The hub lists 3,500,000 bytes for model.safetensors, and 3,500,001 come.")]
    [InlineData(3_500_001, false, "The hub lists 3,500,000 bytes for model.safetensors, and more come. Try again, or name another mirror with HF_ENDPOINT.")]
    public async Task Another_size_than_is_listed_is_refused(int sent, bool withLength, string words)
    {
        (Weights.Instead, Weights.HidesLength) = (new byte[sent], !withLength);
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.StartsWith($"ipo: {words}", line.ComplaintLines[^1], StringComparison.Ordinal);
        Assert.False(Directory.Exists(pulling.Folder));
    }

    [Fact]
    public async Task A_size_that_no_disk_has_is_refused_before_anything_is_downloaded()
    {
        Weights.Size = long.MaxValue;
        pulling.Model.Add("tokenizer.json", "{}").Size = long.MaxValue;
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Matches(@"^ipo: \S+ needs 16,777,216\.0 TiB more, and its disk has [0-9.,]+ .iB free\. Make room, or take another disk with --into\.\n$", line.Complaint);
        Assert.All(pulling.Hub.Requests, request => Assert.StartsWith("/api/", request.Path, StringComparison.Ordinal));
        Assert.False(Directory.Exists(pulling.Staging));
    }

    [Fact]
    public async Task An_empty_file_needs_no_content()
    {
        pulling.Model.Add("special_tokens_map.json", "");
        Assert.Equal(ExitCode.Done, (await pulling.PullAsync()).Code);
        Assert.Equal(0, new FileInfo(Path.Combine(pulling.Folder, "special_tokens_map.json")).Length);
    }

    [Fact]
    public async Task A_silent_server_is_left_and_asked_again()
    {
        Weights.Cuts.Enqueue(1_000_000);
        Weights.Stalls = true;
        var (code, line) = await pulling.PullAsync("--timeout", "2s");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("127.0.0.1 sent nothing for 2 s; trying again in 1 s (1 of 5).\n", line.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_hub_is_waited_for_as_long_as_it_asks()
    {
        pulling.Hub.Faults.Add(HubFault.Status("hub", "/api/", 429, retryAfter: "42"));
        pulling.Hub.Faults.Add(HubFault.Status("hub", "config.json", 503, message: "back soon"));
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("127.0.0.1 has too many requests (429); trying again in 42 s (1 of 5).\n", line.Complaint, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1 answers 503: back soon; trying again in 1 s (1 of 5).\n", line.Complaint, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(43), pulling.Clock.Waited);
    }

    [Fact]
    public async Task A_wait_of_an_hour_is_the_person_s_to_decide()
    {
        pulling.Hub.Faults.Add(HubFault.Status("hub", "/api/", 429, retryAfter: "3600"));
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal("ipo: 127.0.0.1 has too many requests (429). Wait for 1:00:00; the same command goes on where this one stopped.\n", line.Complaint);
    }

    [Fact]
    public async Task A_link_that_is_no_longer_good_is_asked_for_again()
    {
        pulling.Hub.Faults.Add(HubFault.Status("store", File, 403));
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains($"127.0.0.1, to which the hub sends for {File}, answers 403; trying again in 1 s (1 of 5).\n", line.Complaint, StringComparison.Ordinal);
        Assert.Equal(2, pulling.Hub.Requests.Count(request => request.Host == "hub" && request.Path.EndsWith(File, StringComparison.Ordinal)));
    }
}
