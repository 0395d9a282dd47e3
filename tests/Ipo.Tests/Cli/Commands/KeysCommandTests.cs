using System.Text.Json;
using Ipo.Cli.Connections;
using Ipo.Keys;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Ipo.Tests.Cli.Commands;

public sealed class KeysCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    private string FilePath => Path.Combine(_folder, "keys.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_key_is_made_listed_and_revoked()
    {
        var made = await RunAsync("keys", "create", "build-server", "--role", "run", "--tenant", "birds", "--file", FilePath);
        var token = made.OutLines.Single();
        var (id, secret) = ApiKey.Parse(token)!.Value;
        Assert.Equal($"Key {id} of build-server: run in birds, until 2026-04-02. Keep the token now; nothing can show it again.\n", made.Error);
        Assert.True(Assert.Single(KeysFile.Read(FilePath)).Matches(secret));

        var other = await RunAsync("keys", "create", "alice", "--role", "admin", "--days", "0", "--json", "--file", FilePath);
        var json = JsonDocument.Parse(other.Out).RootElement;
        Assert.Equal(("admin", "local"), (json.GetProperty("role").GetString(), json.GetProperty("tenant").GetString()));
        Assert.NotNull(ApiKey.Parse(json.GetProperty("token").GetString()!));

        var revoked = await RunAsync("keys", "revoke", id, "--file", FilePath);
        Assert.Equal($"Revoked key {id}.\n", revoked.Out);
        _time.Advance(TimeSpan.FromDays(1000));
        var listed = await RunAsync("keys", "list", "--file", FilePath);
        Assert.Equal(
            [
                $"{id} build-server run birds 2026-01-02 2026-04-02 revoked",
                $"{json.GetProperty("id").GetString()} alice admin local 2026-01-02 never valid",
            ],
            listed.OutLines.Skip(1).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
        Assert.DoesNotContain(secret, listed.Out, StringComparison.Ordinal);
        Assert.Equal(2, JsonDocument.Parse((await RunAsync("keys", "list", "--json", "--file", FilePath)).Out).RootElement.GetProperty("keys").GetArrayLength());
    }

    [Theory]
    [InlineData("keys create a --role owner --file x", "--role does not take 'owner'; it takes read or run or admin.")]
    [InlineData("keys create a --days -1 --file x", "--days is -1; it takes 0 or more.")]
    [InlineData("keys create a", "Option '--file' is required.")]
    public async Task A_wrong_command_line_is_told(string args, string expected)
    {
        var line = new CommandLine();
        Assert.Equal(ExitCode.Usage, await line.RunAsync(args.Split(' ')));
        Assert.StartsWith($"ipo: {expected}\n", line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_done_is_told_and_nothing_is_written()
    {
        foreach (var (args, expected) in ((string[], string)[])
        [
            (["keys", "list", "--file", FilePath], "cannot be read"),
            (["keys", "revoke", "abcdefghij", "--file", FilePath], "cannot be read"),
            (["keys", "create", "a", "--tenant", "../x", "--file", FilePath], "the tenant '../x'"),
        ])
        {
            var line = new CommandLine { Time = _time };
            Assert.Equal(ExitCode.Error, await line.RunAsync(args));
            Assert.Contains(expected, line.Error, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(FilePath));
        await RunAsync("keys", "create", "a", "--file", FilePath);
        var unknown = new CommandLine { Time = _time };
        Assert.Equal(ExitCode.Error, await unknown.RunAsync("keys", "revoke", "abcdefghij", "--file", FilePath));
        Assert.Contains("has no key 'abcdefghij'", unknown.Error, StringComparison.Ordinal);
    }

    private async Task<CommandLine> RunAsync(params string[] args)
    {
        var line = new CommandLine { Time = _time };
        Assert.True(await line.RunAsync(args) == ExitCode.Done, line.Error);
        return line;
    }
}
