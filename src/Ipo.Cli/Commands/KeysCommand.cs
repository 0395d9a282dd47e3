using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Sessions;
using Ipo.Keys;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo keys</c>: API keys, in the file that an orchestrator reads. It asks no orchestrator.</summary>
internal static class KeysCommand
{
    private const int DefaultDays = 90;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create() => new("keys", "Makes, lists and revokes API keys in a file that an orchestrator reads; it asks none.")
    {
        Make(), List(), Revoke(),
    };

    private static SessionCommand Make()
    {
        var name = new Argument<string>("NAME") { Description = "Who calls with it. Keys of one name and tenant are one caller's." };
        var role = OptionValues.Choice(
            "--role", "What the caller may do: look (read), start what costs (run), or delete (admin).", ["read", "run", "admin"], "read");
        var tenant = new Option<string>("--tenant")
        {
            Description = "Whose datasets and runs the caller sees.",
            HelpName = "TENANT",
            DefaultValueFactory = _ => TenantName.Local,
        };
        var days = OptionValues.Number<int>("--days", $"Days until it expires; 0 for never. Default: {DefaultDays}.");
        var file = FileOption();
        var command = new SessionCommand(
            "create", "Makes a key and prints its token, which nothing can show again; the file keeps its SHA-256 alone.")
        {
            Examples =
            [
                "ipo keys create alice --role admin --file keys.json",
                "ipo keys create build-server --role run --tenant birds --days 30 --file keys.json",
            ],
        };
        command.Add(name);
        foreach (var option in (Option[])[role, tenant, days, file]) command.Add(option);
        command.SetHandler(session =>
        {
            var path = session.Parsed.GetRequiredValue(file);
            var lifetime = session.Parsed.GetValue(days) ?? DefaultDays;
            if (lifetime < 0) throw new CommandFailure($"--days is {lifetime}; it takes 0 or more.", ExitCode.Usage);
            var now = session.Terminal.Time.GetUtcNow();
            var (key, token) = ApiKey.Create(
                session.Parsed.GetRequiredValue(name), Enum.Parse<Role>(session.Parsed.GetValue(role)!, ignoreCase: true),
                session.Parsed.GetRequiredValue(tenant), now, lifetime == 0 ? null : now.AddDays(lifetime));
            Change(path, keys => [.. keys, key], mayBeNew: true);
            if (session.Json) session.Terminal.Out.WriteLine(JsonSerializer.Serialize(Shown(key, now, token), Json));
            else
            {
                var until = key.Expires is { } end ? $"until {Day(end)}" : "for ever";
                session.Terminal.Tell(
                    $"Key {key.Id} of {key.Name}: {Text(key.Role)} in {key.Tenant}, {until}. "
                        + "Keep the token now; nothing can show it again.");
                session.Terminal.Print(token);
            }
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static SessionCommand List()
    {
        var file = FileOption();
        var command = new SessionCommand("list", "Lists the keys of a file, without their tokens.")
        {
            Examples = ["ipo keys list --file keys.json"],
        };
        command.Add(file);
        command.SetHandler(session =>
        {
            var now = session.Terminal.Time.GetUtcNow();
            var keys = Read(session.Parsed.GetRequiredValue(file));
            if (session.Json)
                session.Terminal.Out.WriteLine(
                    JsonSerializer.Serialize(new { keys = keys.Select(key => Shown(key, now, token: null)) }, Json));
            else if (keys.Count == 0) session.Terminal.Tell("The file holds no key. Make one with: ipo keys create NAME");
            else
            {
                var table = new Table("KEY", "NAME", "ROLE", "TENANT", "CREATED", "EXPIRES", "STATE");
                foreach (var key in keys)
                    table.Add(
                        key.Id, key.Name, Text(key.Role), key.Tenant, Day(key.Created), key.Expires is { } end ? Day(end) : "never",
                        State(key, now));
                table.Print(session.Terminal);
            }
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static SessionCommand Revoke()
    {
        var id = new Argument<string>("KEY") { Description = "The key's id, as 'ipo keys list' shows it; it is no part of the secret." };
        var file = FileOption();
        var command = new SessionCommand("revoke", "Revokes a key: the orchestrator refuses it from the next call on.")
        {
            Examples = ["ipo keys revoke k3v9x0q2ab --file keys.json"],
        };
        command.Add(id);
        command.Add(file);
        command.SetHandler(session =>
        {
            var (path, wanted) = (session.Parsed.GetRequiredValue(file), session.Parsed.GetRequiredValue(id));
            var now = session.Terminal.Time.GetUtcNow();
            var changed = Change(path, keys => keys.Any(key => key.Id == wanted)
                ? [.. keys.Select(key => key.Id == wanted ? key with { Revoked = key.Revoked ?? now } : key)]
                : throw new CommandFailure($"{path} has no key '{wanted}'; 'ipo keys list' shows those that it has."));
            if (session.Json)
                session.Terminal.Out.WriteLine(
                    JsonSerializer.Serialize(Shown(changed.Single(key => key.Id == wanted), now, token: null), Json));
            else session.Terminal.Print($"Revoked key {wanted}.");
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static Option<string> FileOption() => new("--file")
    {
        Description = "The file of keys, which the orchestrator is told by Ipo:Orchestrator:Access:KeysFile.",
        HelpName = "FILE",
        Required = true,
    };

    private static IReadOnlyList<ApiKey> Change(
        string path, Func<IReadOnlyList<ApiKey>, IReadOnlyList<ApiKey>> change, bool mayBeNew = false)
    {
        try
        {
            var changed = change(mayBeNew && !File.Exists(path) ? [] : KeysFile.Read(path));
            KeysFile.Write(path, changed);
            return changed;
        }
        catch (KeysFileException fault) { throw new CommandFailure(fault.Message); }
    }

    private static IReadOnlyList<ApiKey> Read(string path)
    {
        try { return KeysFile.Read(path); }
        catch (KeysFileException fault) { throw new CommandFailure(fault.Message); }
    }

    private static object Shown(ApiKey key, DateTimeOffset now, string? token) => token is null
        ? new { key.Id, key.Name, Role = Text(key.Role), key.Tenant, key.Created, key.Expires, State = State(key, now) }
        : new { key.Id, key.Name, Role = Text(key.Role), key.Tenant, key.Created, key.Expires, Token = token };

    private static string State(ApiKey key, DateTimeOffset now) =>
        key.Revoked is not null ? "revoked" : key.Expires <= now ? "expired" : "valid";

    private static string Text(Role role) => role.ToString().ToLowerInvariant();

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
