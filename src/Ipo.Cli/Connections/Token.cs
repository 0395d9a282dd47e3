namespace Ipo.Cli.Connections;

/// <summary>Who makes the calls, where a key or a token was given. It is never an argument: those stand in the shell's
/// history and in lists of processes.</summary>
internal static class Token
{
    private const string Variable = "IPO_TOKEN";

    /// <summary>The token that the option's file or the variable holds; null where neither is given.</summary>
    /// <exception cref="CommandFailure">The file cannot be read or holds no token.</exception>
    public static string? Find(string? file, Func<string, string?> environment)
    {
        var (text, source) = file is { Length: > 0 } ? (Read(file), $"--token-file {file}") : (environment(Variable), Variable);
        if (text is null or "") return null;
        var token = text.Trim();
        return token.Length > 0 && token.All(letter => letter is > ' ' and < '\x7f')
            ? token
            : throw new CommandFailure($"{source} holds no token: it takes one line without blanks.", ExitCode.Usage);
    }

    /// <summary>Keeps a token from a network on which it would travel for all to read.</summary>
    /// <exception cref="CommandFailure">The address is neither https nor of this machine.</exception>
    public static void RefuseInTheClear(Uri server)
    {
        if (server.Scheme == Uri.UriSchemeHttp && !server.IsLoopback)
            throw new CommandFailure(
                $"The key is not sent to {server}: over http anybody on the way could read it. Use https, with --authority FILE for an "
                    + "authority of your own, or say --insecure where nobody listens.", ExitCode.Usage);
    }

    private static string Read(string file)
    {
        try { return File.ReadAllText(file); }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"--token-file cannot read '{file}': {fault.Message}", ExitCode.Usage);
        }
    }
}
