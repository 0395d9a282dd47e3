using System.CommandLine;

namespace Ipo.Samples.Commands;

/// <summary>The options that several commands take.</summary>
internal static class Given
{
    public static Option<string[]> Names(string name, string description) =>
        new(name) { Description = description, HelpName = "NAME", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };

    public static Option<long> Seed() =>
        new("--seed") { Description = "Another seed gives other pictures, the same seed the same pixels.", HelpName = "N", DefaultValueFactory = _ => 1 };

    public static Option<int> Size(int usual) =>
        new("--size") { Description = "Side of a picture in pixels, 32 to 512.", HelpName = "PIXELS", DefaultValueFactory = _ => usual };

    public static Option<bool> Force(string what) => new("--force") { Description = $"Replaces {what}." };

    /// <summary>A line that counts up; written whole at the end where the output is no terminal.</summary>
    public static IProgress<int> Progress(TextWriter error, int total) => new Counter(error, total);

    private sealed class Counter(TextWriter error, int total) : IProgress<int>
    {
        private readonly bool live = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;
        private readonly Lock gate = new();
        private int shown = -1;

        public void Report(int value)
        {
            if (!live) return;
            lock (gate)
            {
                var percent = (int)(value * 100L / total);
                if (percent <= shown) return;
                shown = percent;
                error.Write($"\r{value} of {total} pictures{(value == total ? "\n" : "")}");
            }
        }
    }
}
