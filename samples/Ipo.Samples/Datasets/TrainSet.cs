using Ipo.Samples.Drawing;
using Ipo.Samples.Styles;
using Ipo.Samples.Things;
using Ipo.Samples.World;

namespace Ipo.Samples.Datasets;

/// <summary>Random pictures for training, as one file: images.u8 holds unsigned bytes of shape [count, size, size, 3]
/// (row by row, RGB), captions.jsonl a line of attributes for each, world.json the shape, every thing with its
/// meanings, every style and category with its words.
/// </summary>
/// <param name="Count">Pictures to draw.</param>
/// <param name="Size">Side in pixels, 32 to 512.</param>
/// <param name="Seed">Never the same pictures as a dataset's, also for the same seed.</param>
public sealed record TrainSet(int Count, int Size = 64, long Seed = 1)
{
    private const int Block = 1024;

    /// <summary>Things to draw, as "bird/crane", "crane" (every sense) or "bird/*"; empty draws all.</summary>
    public IReadOnlyList<string> Things { get; init; } = [];

    /// <summary>Things left out, written as in <see cref="Things"/>: classes held out.</summary>
    public IReadOnlyList<string> ExceptThings { get; init; } = [];

    /// <summary>Names of styles; empty draws all.</summary>
    public IReadOnlyList<string> Styles { get; init; } = [];

    /// <summary>Pairs left out, as "neon:bird/crane" or "neon:bird/*".</summary>
    public IReadOnlyList<string> ExceptPairs { get; init; } = [];

    /// <param name="folder">Must be missing or empty, unless <paramref name="force"/>, which overwrites the three
    /// files.</param>
    /// <param name="progress">Told how many pictures are drawn.</param>
    /// <exception cref="ArgumentException">A name is unknown, a number out of range, or nothing is left to
    /// draw.</exception>
    /// <exception cref="IOException">The folder holds something, or cannot be written.</exception>
    public void Draw(string folder, bool force = false, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        if (Count < 1) throw new ArgumentException($"The count must be 1 or more, but is {Count}.");
        if (Size is < 32 or > 512) throw new ArgumentException($"The size must be 32 to 512 pixels, but is {Size}.");
        var pairs = Pairs();
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any() && !force)
            throw new IOException($"'{folder}' is not empty. Choose another folder, or use --force to overwrite the training set in it.");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "world.json"), JsonText.Page(new
        {
            Shape = new[] { Count, Size, Size, 3 },
            Seed,
            SampleWorld.Categories,
            SampleWorld.Styles,
            SampleWorld.Things,
        }));
        using var images = File.Create(Path.Combine(folder, "images.u8"));
        using var captions = new StreamWriter(Path.Combine(folder, "captions.jsonl")) { NewLine = "\n" };
        var bytes = Size * Size * 3;
        var block = new byte[Math.Min(Block, Count) * bytes];
        var lines = new string[Math.Min(Block, Count)];
        for (var start = 0; start < Count; start += Block)
        {
            var here = Math.Min(Block, Count - start);
            Parallel.For(0, here, new ParallelOptions { CancellationToken = cancellation }, i =>
            {
                var key = FormattableString.Invariant($"train/{Seed}");
                var (thing, style) = new SeededRandom(FormattableString.Invariant($"{key}/{start + i}")).Of(pairs);
                var picture = Picture.Draw(thing, style, key, start + i, Size);
                picture.Pixels.Rgb.CopyTo(block, i * bytes);
                lines[i] = JsonText.Line(Caption.Of(null, thing, style, picture));
            });
            images.Write(block, 0, here * bytes);
            for (var i = 0; i < here; i++) captions.WriteLine(lines[i]);
            progress?.Report(start + here);
        }
    }

    private List<(Thing Thing, Style Style)> Pairs()
    {
        var styles = Styles.Count == 0 ? Style.All : [.. Styles.Select(DatasetRequest.FindStyle)];
        var only = Things.SelectMany(Find).ToHashSet();
        var without = ExceptThings.SelectMany(Find).ToHashSet();
        var apart = ExceptPairs.SelectMany(pair =>
        {
            var cut = pair.Split(':');
            if (cut.Length != 2)
                throw new ArgumentException($"'{pair}' is not a pair; use style:category/name, for instance neon:bird/crane.");
            return Find(cut[1]).Select(thing => (thing, DatasetRequest.FindStyle(cut[0])));
        }).ToHashSet();
        List<(Thing, Style)> pairs =
        [
            .. from thing in Thing.All
               where (only.Count == 0 || only.Contains(thing)) && !without.Contains(thing)
               from style in styles
               where !apart.Contains((thing, style))
               select (thing, style),
        ];
        return pairs.Count > 0 ? pairs : throw new ArgumentException("Nothing is left to draw: all chosen things and pairs are excluded.");
    }

    private static List<Thing> Find(string text)
    {
        var cut = text.Split('/');
        var found = cut.Length == 1
            ? Thing.All.Where(thing => thing.Name == text).ToList()
            : Thing.All.Where(thing => thing.Category == cut[0] && (cut[1] == "*" || thing.Name == cut[1])).ToList();
        return found.Count > 0 ? found : throw new ArgumentException($"Unknown thing '{text}'; use category/name as 'list' shows them.");
    }
}
