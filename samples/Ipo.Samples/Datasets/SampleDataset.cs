using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Ipo.Samples.World;

namespace Ipo.Samples.Datasets;

/// <summary>The file sample.json of a drawn dataset: what was asked for, and the template that is true of it.</summary>
/// <param name="Baseline">The plain template to compare with.</param>
public sealed record SampleCard(
    IReadOnlyList<string> Styles, IReadOnlyList<string> Categories, IReadOnlyList<string> Classes, int CountPerClass, long Seed, int Size,
    string TrueTemplate, string Baseline);

/// <summary>Draws a dataset into a folder: a folder of PNG pictures for each class, captions.jsonl and sample.json
/// beside them.</summary>
public static class SampleDataset
{
    private const string CardFile = "sample.json", CaptionsFile = "captions.jsonl";

    /// <param name="folder">Created where it is missing.</param>
    /// <param name="force">Replaces an earlier drawn dataset in the folder. Nothing else is ever removed.</param>
    /// <param name="progress">Told how many pictures are drawn.</param>
    /// <exception cref="ArgumentException">The request asks for what cannot be drawn.</exception>
    /// <exception cref="IOException">The folder holds something and may not be overwritten, or cannot be
    /// written.</exception>
    public static SampleCard Draw(
        DatasetRequest request, string folder, bool force = false, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        request.CheckNumbers();
        var (things, styles) = (request.FindThings(), request.FindStyles());
        Clear(folder, force);
        var card = new SampleCard(
            request.Styles, request.Categories, [.. things.Select(thing => thing.Name)], request.CountPerClass, request.Seed, request.Size,
            request.TrueTemplate, Baseline: "a photo of a <CLASS>.");
        Directory.CreateDirectory(folder);
        // The card comes first, so that a half-drawn folder is known as ours and can be drawn again.
        File.WriteAllText(Path.Combine(folder, CardFile), JsonText.Page(card));
        foreach (var thing in things) Directory.CreateDirectory(Path.Combine(folder, thing.Name));
        var lines = new string[things.Count * request.CountPerClass];
        var done = 0;
        try
        {
            Parallel.For(0, lines.Length, new ParallelOptions { CancellationToken = cancellation }, i =>
            {
                var (thing, number) = (things[i / request.CountPerClass], i % request.CountPerClass);
                var style = styles[number % styles.Count];
                var picture = Picture.Draw(thing, style, Invariant(request.Seed), number, request.Size);
                var file = $"{thing.Name}/{FileName(number)}";
                File.WriteAllBytes(Path.Combine(folder, file), Png.Encode(picture.Pixels));
                lines[i] = JsonText.Line(Caption.Of(file, thing, style, picture));
                progress?.Report(Interlocked.Increment(ref done));
            });
        }
        catch (AggregateException several) when (several.InnerExceptions.All(fault => fault is IOException or UnauthorizedAccessException))
        {
            // A full disk fails many pictures at once; the first says it all.
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
        File.WriteAllText(Path.Combine(folder, CaptionsFile), string.Join('\n', lines) + "\n");
        return card;
    }

    private static SampleCard Earlier(string card)
    {
        try
        {
            if (JsonText.Read<SampleCard>(File.ReadAllText(card)) is { Classes: not null } earlier) return earlier;
        }
        catch (JsonException) { }
        throw new IOException($"'{card}' does not say what was drawn. Delete the folder, or choose another one.");
    }

    private static string FileName(int number) => $"{number.ToString("D4", CultureInfo.InvariantCulture)}.png";

    internal static string Invariant(long seed) => seed.ToString(CultureInfo.InvariantCulture);

    private static void Clear(string folder, bool force)
    {
        if (File.Exists(folder)) throw new IOException($"'{folder}' is a file; choose a folder.");
        if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any()) return;
        if (!force)
            throw new IOException($"'{folder}' is not empty. Choose another folder, or use --force to replace a drawn dataset in it.");
        var card = Path.Combine(folder, CardFile);
        if (!File.Exists(card))
            throw new IOException($"'{folder}' has no {CardFile}, so it was not drawn here, and --force keeps it. Choose another folder.");
        var earlier = Earlier(card);
        foreach (var name in earlier.Classes)
        {
            var path = Path.Combine(folder, Path.GetFileName(name));
            if (!Directory.Exists(path)) continue;
            for (var number = 0; number < earlier.CountPerClass; number++) File.Delete(Path.Combine(path, FileName(number)));
            if (!Directory.EnumerateFileSystemEntries(path).Any()) Directory.Delete(path);
        }
        File.Delete(Path.Combine(folder, CaptionsFile));
    }
}
