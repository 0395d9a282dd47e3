using System.Text;
using Ipo.Cli;
using Ipo.Cli.Output;

namespace Ipo.Tests.Cli;

/// <summary>Runs <c>ipo</c> in process, with an environment of its own, and keeps what it wrote.</summary>
internal sealed class CommandLine
{
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();

    public Dictionary<string, string> Environment { get; } = new() { ["IPO_HOME"] = Path.Combine(Path.GetTempPath(), "ipo-tests-no-home") };

    public string Input { get; init; } = "";
    public bool Live { get; init; }
    public bool OutLive { get; init; }
    public bool CanAnswer { get; init; }
    public int Width { get; init; } = 80;
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public string Out => Read(output);
    public string Error => Read(error);

    /// <summary>Standard error without the last line where that says what to type next.</summary>
    public string Complaint => Error.LastIndexOf("\nNext: ", StringComparison.Ordinal) is >= 0 and var next ? Error[..(next + 1)] : Error;

    /// <summary>Lines of standard error.</summary>
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    public string[] ComplaintLines => Complaint.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    public string[] OutLines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public Task<int> RunAsync(params string[] args) => RunAsync(TestContextToken, args);

    public Task<int> RunAsync(CancellationToken stop, params string[] args) => IpoCommand.RunAsync(
        args,
        new Terminal(new StringReader(Input), new Screen(output), new Screen(error))
        {
            Live = Live,
            OutLive = OutLive,
            CanAnswer = CanAnswer,
            Width = () => Width,
            Environment = name => Environment.GetValueOrDefault(name),
            Time = Time,
        },
        stop);

    /// <summary>Waits until standard error holds the text.</summary>
    public Task UntilToldAsync(string text) => UntilAsync(() => Error.Contains(text, StringComparison.Ordinal), () => $"'{text}' in: {Error}");

    /// <summary>Waits until something holds, and fails with what was awaited when it does not within half a minute.</summary>
    public static async Task UntilAsync(Func<bool> holds, Func<string> what)
    {
        for (var began = System.Environment.TickCount64; !holds(); await Task.Delay(5, TestContextToken))
            if (System.Environment.TickCount64 - began > 30_000) throw new TimeoutException($"Waited in vain for {what()}");
    }

    private static CancellationToken TestContextToken => Xunit.TestContext.Current.CancellationToken;

    private static string Read(StringBuilder text)
    {
        lock (text) return text.ToString();
    }

    /// <summary>A writer whose text a test may read while the command still writes.</summary>
    private sealed class Screen : TextWriter
    {
        private readonly StringBuilder text;

        public Screen(StringBuilder text) => (this.text, NewLine) = (text, "\n");

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (text) text.Append(value);
        }

        public override void Write(string? value)
        {
            lock (text) text.Append(value);
        }
    }
}
