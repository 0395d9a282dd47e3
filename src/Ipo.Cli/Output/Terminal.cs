using System.Text;

namespace Ipo.Cli.Output;

/// <summary>
/// What a command is run in: its streams, environment and clock. Results go to <see cref="Out"/> and nothing else does;
/// progress, questions and errors go to <see cref="Error"/>, so that a pipe or a file gets the result alone.
/// </summary>
public sealed record Terminal(TextReader In, TextWriter Out, TextWriter Error)
{
    /// <summary>Whether a person sees <see cref="Error"/> on a screen that understands cursor movements.</summary>
    public bool Live { get; init; }

    /// <summary>Whether a person sees <see cref="Out"/> on such a screen.</summary>
    public bool OutLive { get; init; }

    /// <summary>Whether a person can answer a question on <see cref="In"/>.</summary>
    public bool CanAnswer { get; init; }

    /// <summary>The screen's width in columns, read again for each frame because a person may change it.</summary>
    public Func<int> Width { get; init; } = () => 80;

    /// <summary>Looks up an environment variable; null where it is not set.</summary>
    public Func<string, string?> Environment { get; init; } = _ => null;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether colours are welcome (https://no-color.org: any value, but an empty one, says no).</summary>
    public bool Coloured => Live && string.IsNullOrEmpty(Environment("NO_COLOR"));

    /// <summary>Whether colours are welcome on <see cref="Out"/>.</summary>
    public bool OutColoured => OutLive && string.IsNullOrEmpty(Environment("NO_COLOR"));

    /// <summary>The process's own terminal.</summary>
    /// <exception cref="ArgumentException">IPO_PROGRESS is none of its values.</exception>
    public static Terminal OfThisProcess() => new(Console.In, Console.Out, ProgressStream())
    {
        // A dumb terminal knows no cursor movement, and one without UTF-8 shows no picture: they get the plain lines of a file.
        Live = !Console.IsErrorRedirected && CanDraw(Console.Error),
        OutLive = !Console.IsOutputRedirected && CanDraw(Console.Out),
        CanAnswer = !Console.IsInputRedirected && !Console.IsErrorRedirected,
        Width = () => WindowWidth() is > 0 and var width ? width : 80,
        Environment = System.Environment.GetEnvironmentVariable,
    };

    // Two streams that somebody else joins again lose the order of their lines; one keeps it.
    private static TextWriter ProgressStream() => System.Environment.GetEnvironmentVariable("IPO_PROGRESS") switch
    {
        null or "" or "stderr" => Console.Error,
        "stdout" => Console.Out,
        var other => throw new ArgumentException($"IPO_PROGRESS is '{other}'; it takes 'stderr' or 'stdout'."),
    };

    private static bool CanDraw(TextWriter screen) =>
        screen.Encoding.CodePage == Encoding.UTF8.CodePage && System.Environment.GetEnvironmentVariable("TERM") is not "dumb";

    private static int WindowWidth()
    {
        try { return Console.WindowWidth; }
        catch (IOException) { return 0; } // on Windows, where there is no console at all
    }

    /// <summary>Writes a line of the result.</summary>
    public void Print(string text) => Out.WriteLine(Plain(text));

    /// <summary>Writes a line of the result in a colour, where one is welcome.</summary>
    /// <param name="text">The line.</param>
    /// <param name="colour">Number of a foreground colour as SGR has it (ECMA-48, 8.3.117); null for none.</param>
    public void Print(string text, int? colour)
    {
        if (colour is { } number && OutColoured) Out.WriteLine($"\e[{number}m{Plain(text)}\e[0m");
        else Print(text);
    }

    /// <summary>Writes a line for the person who waits: progress, a warning or an error.</summary>
    public void Tell(string text) => Error.WriteLine(Plain(text));

    /// <summary>
    /// The text without control characters other than tab and newline, and without those that turn its direction: names,
    /// templates and messages come from models and other machines; an escape sequence among them could rewrite the screen,
    /// and a turned word pass for another.
    /// </summary>
    public static string Plain(string text)
    {
        if (!text.Any(Unwanted)) return text;
        var plain = new StringBuilder(text.Length);
        foreach (var character in text) plain.Append(Unwanted(character) ? '\uFFFD' : character);
        return plain.ToString();

        static bool Unwanted(char character) => (char.IsControl(character) && character is not ('\n' or '\t'))
            || character is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
    }
}
