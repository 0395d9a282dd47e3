using System.Net;
using System.Net.Sockets;
using Ipo.Cli.Connections;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Cli.Hub;

/// <summary>Who a hub is asked as, what it refuses, and what is no hub.</summary>
public sealed class HubClientTests : IAsyncLifetime
{
    private Pulling pulling = null!;

    public async ValueTask InitializeAsync() => pulling = await Pulling.StartAsync();

    public ValueTask DisposeAsync() => pulling.DisposeAsync();

    private string Endpoint => pulling.Hub.Endpoint;

    [Fact]
    public async Task The_token_goes_to_the_hub_and_not_to_the_host_that_it_redirects_to()
    {
        pulling.Hub.Token = "hf_of_a_friend";
        pulling.Environment["HF_TOKEN"] = " hf_of_a_friend\n";
        var (code, line) = await pulling.PullAsync();
        Assert.Equal((ExitCode.Done, ""), (code, code == 0 ? "" : line.Complaint));
        Assert.All(pulling.Hub.Requests, request => Assert.Equal(request.Host == "hub" ? "Bearer hf_of_a_friend" : null, request.Authorization));
        Assert.Single(pulling.Sent("model.safetensors"));
        Assert.DoesNotContain("hf_of_a_friend", line.Complaint + line.Out + pulling.Record(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_within_the_hub_keeps_the_token()
    {
        pulling.Hub.Models["new/name"] = pulling.Model;
        pulling.Environment["HF_TOKEN"] = "hf_a";
        pulling.Hub.Faults.Add(new("hub", "/api/models/some/clip", context =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = "/api/models/new/name/revision/main?blobs=true";
            return Task.CompletedTask;
        }));
        Assert.Equal(ExitCode.Done, (await pulling.PullAsync()).Code);
        Assert.Equal("Bearer hf_a", pulling.Hub.Requests.First(request => request.Path.Contains("new/name", StringComparison.Ordinal)).Authorization);
    }

    [Fact]
    public async Task A_gated_model_says_to_accept_its_licence_and_to_set_a_token()
    {
        pulling.Hub.Token = "hf_of_a_friend";
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal(
            $"ipo: some/clip is gated (401): accept its licence at {Endpoint}/some/clip, and set HF_TOKEN to a token of the account that did.", line.ComplaintLines[^1]);
    }

    [Theory]
    [InlineData(null, 401, null, "shows some/clip to nobody without a token (401): it is gated, private, or not there under this name. Look at {0}/some/clip, accept its licence where it asks for that, and set HF_TOKEN.")]
    [InlineData("hf_a", 401, "Invalid token", "does not let the account of HF_TOKEN read some/clip (401: Invalid token). Check that the token is valid and may read it, and that the account accepted the licence at {0}/some/clip.")]
    [InlineData("hf_a", 403, null, "does not let the account of HF_TOKEN read some/clip (403). Check that the token is valid and may read it, and that the account accepted the licence at {0}/some/clip.")]
    public async Task A_closed_model_says_what_to_do(string? token, int status, string? message, string words)
    {
        if (token is not null) pulling.Environment["HF_TOKEN"] = token;
        pulling.Hub.Faults.Add(HubFault.Status("hub", "/api/", status, message: message));
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal($"ipo: {Endpoint}/ {words.Replace("{0}", Endpoint, StringComparison.Ordinal)}\n", line.Complaint);
    }

    [Fact]
    public async Task An_unknown_name_and_an_unknown_revision_are_told_apart()
    {
        var line = pulling.Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("model", "pull", "some/clop"));
        Assert.Equal($"ipo: {Endpoint}/ has no model some/clop with a revision 'main'. Names are case-sensitive: copy it from the model's page.\n", line.Complaint);
        var (code, told) = await pulling.PullAsync("--revision", "v2");
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal($"ipo: some/clip has no revision 'v2' at {Endpoint}/. Take a branch, a tag or a commit that is listed at {Endpoint}/some/clip.\n", told.Complaint);
    }

    [Fact]
    public async Task A_file_that_is_listed_and_not_there_is_told()
    {
        pulling.Hub.Faults.Add(HubFault.Status("hub", "merges.txt", 404, code: "EntryNotFound"));
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal($"ipo: {Endpoint}/ lists merges.txt for some/clip and does not have it. Try again later, or another mirror.", line.ComplaintLines[^1]);
    }

    [Theory]
    [InlineData("<html>Log in</html>")]
    [InlineData("[]")]
    [InlineData("""{ "siblings": [] }""")]
    [InlineData("""{ "sha": "main", "siblings": [] }""")]
    [InlineData("""{ "sha": "57c216476eefef5ab752ec549e440a49ae4ae5f3", "siblings": [1] }""")]
    public async Task What_is_no_list_of_files_is_no_hub(string answer)
    {
        pulling.Hub.Faults.Add(new("hub", "/api/", context => Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, answer)));
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.StartsWith($"ipo: What {Endpoint}/ answers is not a model's list of files (", line.Complaint, StringComparison.Ordinal);
        Assert.EndsWith("Check HF_ENDPOINT: it takes the address of a hub or of a mirror with the hub's API.\n", line.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_without_an_end_is_not_read_to_it()
    {
        pulling.Hub.Faults.Add(new("hub", "/api/", async context =>
        {
            var blanks = new byte[1 << 20];
            Array.Fill(blanks, (byte)' ');
            for (var sent = 0; sent < 20 && !context.RequestAborted.IsCancellationRequested; sent++) await context.Response.Body.WriteAsync(blanks);
        }));
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal($"ipo: {Endpoint}/ lists more than 16 MiB of file names for some/clip; no model has as many.\n", line.Complaint);
    }

    [Theory]
    [InlineData("../config.json")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b.json")]
    [InlineData("..\\config.json")]
    [InlineData("a\nb")]
    [InlineData("")]
    public async Task A_hub_that_lists_a_file_outside_the_folder_is_not_trusted(string name)
    {
        pulling.Model.Add(name, "evil");
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal($"ipo: {Endpoint}/ lists a file '{name}', which would lie outside the model's folder. Nothing was taken from it; do not use this hub.\n", line.Complaint);
        Assert.Empty(Directory.EnumerateFileSystemEntries(pulling.Home));
    }

    [Fact]
    public async Task A_hub_that_does_not_answer_is_told_at_once()
    {
        pulling.Environment["HF_ENDPOINT"] = $"http://127.0.0.1:{ClosedPort()}";
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal(
            $"ipo: {pulling.Environment["HF_ENDPOINT"]} cannot be reached (Connection refused). Check the network, and HTTPS_PROXY where there is a proxy; "
                + "HF_ENDPOINT names a mirror, and HF_HUB_OFFLINE=1 takes what is there already.\n", line.Complaint);
        Assert.Equal(TimeSpan.Zero, pulling.Clock.Waited);
    }

    [Fact]
    public async Task A_host_that_does_not_answer_though_the_hub_did_is_tried_again()
    {
        pulling.Model.RedirectTo = $"http://127.0.0.1:{ClosedPort()}/model.safetensors";
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Contains("127.0.0.1 cannot be reached (Connection refused); trying again in 16 s (5 of 5).\n", line.Complaint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/model", "127.0.0.1 sends on to ftp://127.0.0.1, which is no https address and is not followed.")]
    [InlineData("/some/clip/resolve/57c216476eefef5ab752ec549e440a49ae4ae5f3/model.safetensors", "127.0.0.1 sends from one address to the next and to no file (11 redirects).")]
    public async Task A_redirect_that_leads_to_no_file_is_not_followed(string to, string words)
    {
        pulling.Model.RedirectTo = to;
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal($"ipo: {words}", line.ComplaintLines[^1]);
    }

    [Fact]
    public async Task An_answer_that_no_hub_gives_is_told()
    {
        pulling.Hub.Faults.Add(HubFault.Status("hub", "/api/", 418, message: "a teapot"));
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Error, code);
        Assert.Equal("ipo: 127.0.0.1 answers 418: a teapot, which is no answer of a hub. Check HF_ENDPOINT and the model's name.\n", line.Complaint);
    }

    [Theory]
    [InlineData("HF_ENDPOINT", "huggingface.co", "HF_ENDPOINT is not the address of a hub; it takes https://HOST or https://HOST/PATH, and HF_TOKEN takes the token.")]
    [InlineData("HF_ENDPOINT", "https://me:secret@hub.example", "HF_ENDPOINT is not the address of a hub; it takes https://HOST or https://HOST/PATH, and HF_TOKEN takes the token.")]
    [InlineData("HF_TOKEN", "hf_a\nX-Other: b", "HF_TOKEN holds something that is not a token: a space, a line break or a letter beyond ASCII.")]
    public async Task A_setting_that_cannot_be_used_is_told_without_its_secret(string name, string value, string words)
    {
        pulling.Environment[name] = value;
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Usage, code);
        Assert.Equal($"ipo: {words}\n", line.Complaint);
    }

    [Fact]
    public async Task A_token_is_not_sent_in_the_clear_to_another_machine()
    {
        (pulling.Environment["HF_ENDPOINT"], pulling.Environment["HF_TOKEN"]) = ("http://hub.example", "hf_a");
        var (code, line) = await pulling.PullAsync();
        Assert.Equal(ExitCode.Usage, code);
        Assert.Equal(
            "ipo: HF_TOKEN is set and HF_ENDPOINT (http://hub.example/) is not https: anybody on the way could read the token. Use the hub's https address, or unset HF_TOKEN.\n",
            line.Complaint);
    }

    [Fact]
    public async Task A_mirror_may_have_a_path()
    {
        pulling.Environment["HF_ENDPOINT"] = Endpoint + "/mirror/of/hf/";
        Assert.Equal(ExitCode.Error, (await pulling.PullAsync()).Code);
        Assert.StartsWith("/mirror/of/hf/api/models/some/clip/", pulling.Hub.Requests.Single().Path, StringComparison.Ordinal);
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
