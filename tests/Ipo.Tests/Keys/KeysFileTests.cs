using Ipo.Keys;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Keys;

public sealed class KeysFileTests : IDisposable
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    private string FilePath => Path.Combine(_folder, "keys.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_key_comes_back_as_it_was_written_and_its_secret_is_not_in_the_file()
    {
        var (key, token) = ApiKey.Create("build server", Role.Run, "birds", Time, Time.AddDays(90));
        KeysFile.Write(FilePath, [key]);
        Assert.Equal([key], KeysFile.Read(FilePath));
        var (id, secret) = ApiKey.Parse(token)!.Value;
        Assert.Equal(key.Id, id);
        Assert.True(key.Matches(secret));
        Assert.False(key.Matches(new string('0', 64)));
        Assert.DoesNotContain(secret, File.ReadAllText(FilePath), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void Two_keys_have_nothing_in_common()
    {
        var (one, two) = (ApiKey.Create("a", Role.Read, "local", Time, null), ApiKey.Create("a", Role.Read, "local", Time, null));
        Assert.NotEqual(one.Key.Id, two.Key.Id);
        Assert.NotEqual(one.Token, two.Token);
        Assert.Equal("ipo_".Length + 10 + 1 + 64, one.Token.Length);
    }

    [Theory]
    [InlineData("", "is no file of keys")]
    [InlineData("null", "is no file of keys")]
    [InlineData("{}", "is no file of keys")]
    [InlineData("{\"keys\": null}", "is no file of keys")]
    [InlineData("{\"keys\": [{}]}", "is no file of keys")]
    [InlineData("{\"keys\": [KEY], \"more\": 1}", "is no file of keys")]
    [InlineData("{\"keys\": [KEY, KEY]}", "the key 'abcdefghij' is there twice")]
    public void What_is_wrong_is_said(string text, string expected)
    {
        const string Key =
            """{"id":"abcdefghij","name":"n","role":"read","tenant":"t","created":"2026-01-02T03:04:05Z","sha256":"HASH"}""";
        _folder.Write("keys.json", text.Replace("KEY", Key.Replace("HASH", new string('0', 64), StringComparison.Ordinal), StringComparison.Ordinal));
        var refused = Assert.Throws<KeysFileException>(() => KeysFile.Read(FilePath));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id", "ABCDEFGHIJ", "the id 'ABCDEFGHIJ' is none")]
    [InlineData("role", "owner", "is no file of keys")]
    [InlineData("role", "3", "is no file of keys")]
    [InlineData("tenant", "../x", "the tenant '../x' of the key 'abcdefghij' is none")]
    [InlineData("tenant", "", "the tenant '' of the key")]
    [InlineData("name", "", "the name of the key")]
    [InlineData("name", "a\\nb", "the name of the key")]
    [InlineData("sha256", "00", "the sha256 of the key")]
    public void A_key_that_is_wrong_is_named(string field, string value, string expected)
    {
        var fields = new Dictionary<string, string>
        {
            ["id"] = "abcdefghij",
            ["name"] = "n",
            ["role"] = "read",
            ["tenant"] = "t",
            ["created"] = "2026-01-02T03:04:05Z",
            ["sha256"] = new('0', 64),
        };
        fields[field] = value;
        _folder.Write("keys.json", $"{{\"keys\": [{{{string.Join(", ", fields.Select(one => $"\"{one.Key}\": \"{one.Value}\""))}}}]}}");
        Assert.Contains(expected, Assert.Throws<KeysFileException>(() => KeysFile.Read(FilePath)).Message, StringComparison.Ordinal);
    }
}
