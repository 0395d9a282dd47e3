using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Settings;

namespace Ipo.ClipScorer.Model;

/// <summary>What a checkpoint's folder holds, what no file of it says, and whether the scorer would start with it: read
/// and tried on the CPU, without a service.</summary>
internal static class CheckpointInspection
{
    /// <summary>The program's argument that asks for it, in front of the folder.</summary>
    public const string Argument = "inspect";

    private const string JsonOption = "--json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // for a terminal and not for a page
    };

    private const string Sample = "a photo of a cat.";
    private const double MiB = 1024 * 1024;

    /// <summary>Prints a line for each fact, or with --json in front of the folder one document. A refusal goes to
    /// <paramref name="error"/>, behind the facts that were known before it, and into the document.</summary>
    /// <returns>The exit code: 0 where the scorer would start, 1 where it would refuse the checkpoint, 2 where not one
    /// folder is given.</returns>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        var wantsJson = arguments is [JsonOption, ..];
        if ((wantsJson ? arguments.Skip(1) : arguments).ToList() is not [var folder])
        {
            error.WriteLine($"{Argument} takes one checkpoint's folder and got {arguments.Count - (wantsJson ? 1 : 0)} arguments.");
            return 2;
        }
        var facts = new List<Fact>();
        string? refusal = null;
        try
        {
            foreach (var fact in Facts(Path.GetFullPath(folder)))
            {
                facts.Add(fact);
                if (!wantsJson) output.WriteLine($"{fact.Name,-15}{fact.Value}");
            }
        }
        catch (CheckpointException refused)
        {
            refusal = refused.Message;
            error.WriteLine($"clip-scorer would refuse this checkpoint: {refusal}");
        }
        if (wantsJson) output.WriteLine(JsonSerializer.Serialize(new { facts, refusal }, Json));
        return refusal is null ? 0 : 1;
    }

    private static IEnumerable<Fact> Facts(string folder)
    {
        yield return new("Folder", folder);
        if (!Directory.Exists(folder))
            throw new CheckpointException($"{folder} is not a folder. Give the path of a checkpoint's folder.");
        yield return new("Name", CheckpointName.Of(folder));
        var family = CheckpointFamily.Of(folder);
        yield return new("Family", family.ModelType);
        var checkpoint = family.Open(folder);
        yield return new("Weights", string.Join(", ", checkpoint.Weights.Files.Select(Sized)));
        yield return new("Numbers", string.Join(", ", checkpoint.Weights.NumbersOf.Select(Counted)));
        yield return new("Images", Invariant(
            $"{checkpoint.Pixels.Size} x {checkpoint.Pixels.Size} pixels, {checkpoint.ImageTokens} tokens"));
        yield return new("Preprocessing",
            Invariant($"{PixelSource.Words(checkpoint.Pixels)}, bytes times {checkpoint.Pixels.Scale:0.########}"));
        yield return new("Texts", Invariant(
            $"at most {checkpoint.ContextLength} tokens of a vocabulary of {checkpoint.VocabularySize:N0}"));
        yield return new("Tokenizer", Invariant(
            $"{checkpoint.Tokenizer.Source}; \"{Sample}\" is {string.Join(' ', checkpoint.Tokenizer.Encode(Sample))}"));
        yield return new("Embeddings", Invariant($"{checkpoint.EmbeddingDimension} numbers"));
        yield return new("Probabilities", Invariant(
            $"{checkpoint.Head.Probability}, logit scale {checkpoint.Head.LogitScale:0.####}, bias {checkpoint.Head.LogitBias:0.####}"));
        foreach (var assumption in checkpoint.Assumptions.DefaultIfEmpty(
            "nothing; what a configuration leaves out has its library's default"))
            yield return new("Assumed", assumption);
        yield return new("Digest", CheckpointDigest.Compute(checkpoint.Files));
        yield return new("Digest of", string.Join(", ",
            checkpoint.Files.Select(file => $"{Path.GetFileName(file)}{(File.Exists(file) ? "" : " (not there)")}")));
        // Shapes are checked where the towers are built, and the embeddings where there is a reference.
        using var model = EmbeddingModel.Load(folder, new() { Device = DeviceChoice.Cpu });
        yield return new("Loads", model.Parity is { } parity
            ? Invariant($"on the CPU; largest error {parity.LargestError:0.0e+0} against {parity.Against}")
            : "on the CPU; its embeddings are not checked, for it brings no reference.json");
    }

    private static string Sized(string file) =>
        Invariant($"{Path.GetFileName(file)} ({new FileInfo(CheckpointFile.Resolve(file)).Length / MiB:0.0} MiB)");

    private static string Counted(KeyValuePair<TensorFormat, long> numbers) => Invariant(
        $"{numbers.Value:N0} in {(numbers.Key == TensorFormat.Other ? "formats that are left alone" : numbers.Key)}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Fact(string Name, string Value);
}
