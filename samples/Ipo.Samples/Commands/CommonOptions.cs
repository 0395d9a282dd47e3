using System.CommandLine;

namespace Ipo.Samples.Commands;

/// <summary>The options that several commands take.</summary>
internal static class CommonOptions
{
    public static Option<string[]> Names(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    public static Option<int> Number(string name, string description, int usual) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => usual,
    };

    public static Option<long> Seed() => new("--seed")
    {
        Description = "Seed: the same seed draws the same pixels, another seed other pictures.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    public static Option<int> Size(int usual) => new("--size")
    {
        Description = "Side of a picture in pixels, 32 to 512.",
        HelpName = "PIXELS",
        DefaultValueFactory = _ => usual,
    };

    public static Option<bool> Force(string description) => new("--force") { Description = description };
}
