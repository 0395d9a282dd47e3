namespace Ipo.Fuzz;

/// <summary>Something that reads what a stranger wrote.</summary>
/// <param name="Name">Its name, for reports and <c>--targets</c>.</param>
/// <param name="Share">How many inputs it gets for each that a target of share 1 gets: fewer where one takes long.</param>
/// <param name="Seeds">Inputs that changes begin with.</param>
/// <param name="Read">Reads one: true if it was accepted, false if it was refused as documented. Whatever it throws is a find.</param>
internal sealed record Target(string Name, int Share, IReadOnlyList<byte[]> Seeds, Func<byte[], bool> Read)
{
    /// <summary>Longest input in bytes; a seed may be longer.</summary>
    public const int LongestInput = 4096;

    /// <summary>Words of its language, put into inputs as they are.</summary>
    public IReadOnlyList<byte[]> Words { get; init; } = [];

    /// <summary>Makes an input of its own now and then, where a grammar is known.</summary>
    public Func<Random, byte[]>? Generate { get; init; }

    /// <summary>Most bytes that reading one input may allocate, whatever it holds.</summary>
    public long AllocatedOfAny { get; init; } = 64 << 20;

    /// <summary>Most bytes that it may allocate besides, for each byte of the input.</summary>
    public long AllocatedForByte { get; init; } = 4096;

    /// <summary>Whether it reads on the thread that calls it, so that branches can be told to be its own.</summary>
    public bool IsGuided { get; init; } = true;
}
