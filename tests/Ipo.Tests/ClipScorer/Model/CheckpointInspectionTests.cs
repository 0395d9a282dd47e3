using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ipo.ClipScorer.Model;
using Ipo.Tests.ClipScorer.Checkpoints;
using Xunit;

namespace Ipo.Tests.ClipScorer.Model;

public sealed partial class CheckpointInspectionTests
{
    [Fact]
    public void A_checkpoint_is_told_whole_and_tried()
    {
        var folder = Path.Combine(Shared.Repository, "models", "ipo-tiny");
        var (code, output, error) = Inspect(folder);
        Assert.Equal((0, ""), (code, error));
        var measured = LargestError().Match(output);
        Assert.InRange(double.Parse(measured.Value, CultureInfo.InvariantCulture), 0, 1e-4);
        Assert.Equal(
            $"""
            Folder         {folder}
            Name           ipo-tiny
            Family         clip
            Weights        model.safetensors (14.7 MiB)
            Numbers        7,717,121 in F16
            Images         64 x 64 pixels, 65 tokens
            Preprocessing  short side to 64 pixels, Bicubic, the centre 64 cut out, mean 0.48145467/0.4578275/0.40821072, deviation 0.26862955/0.2613026/0.2757771, bytes times 0.00392157
            Texts          at most 77 tokens of a vocabulary of 6,144
            Tokenizer      vocab.json with merges.txt; "a photo of a cat." is {string.Join(' ', EmbeddedModel.Loaded.Tokenizer.Encode("a photo of a cat."))}
            Embeddings     256 numbers
            Probabilities  Softmax, logit scale 31.7227, bias 0
            Assumed        nothing; what a configuration leaves out has its library's default
            Digest         {EmbeddedModel.Loaded.Facts.Digest}
            Digest of      config.json, model.safetensors, vocab.json, merges.txt, preprocessor_config.json
            Loads          on the CPU; largest error {measured.Value} against reference.json

            """.ReplaceLineEndings(), output);
    }

    [Theory]
    [InlineData("siglip-random", "spiece.model", "32 pixels, Bicubic", "11.5, bias -8.25")]
    [InlineData("siglip2-random", "tokenizer.json", "48 pixels, Bilinear", "20, bias -12.5")]
    public void Another_family_is_told_by_what_is_its_own(string golden, string tokenizer, string resize, string logits)
    {
        var (code, output, _) = Inspect(Shared.Path($"data/goldens2/{golden}"));
        Assert.Equal(0, code);
        Assert.Equal("siglip", Value(output, "Family"));
        Assert.StartsWith($"{tokenizer}; ", Value(output, "Tokenizer"), StringComparison.Ordinal);
        Assert.StartsWith($"both sides to {resize}, nothing cut off", Value(output, "Preprocessing"), StringComparison.Ordinal);
        Assert.Equal($"Sigmoid, logit scale {logits}", Value(output, "Probabilities"));
        Assert.Equal("on the CPU; its embeddings are not checked, for it brings no reference.json", Value(output, "Loads"));
    }

    [Fact]
    public void What_no_file_says_is_told()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny");
        File.Delete(copy.File("preprocessor_config.json"));
        var (code, output, _) = Inspect(copy.Path);
        Assert.Equal(0, code);
        Assert.StartsWith($"{copy.Path} has no preprocessor_config.json", Value(output, "Assumed"), StringComparison.Ordinal);
        Assert.EndsWith("preprocessor_config.json (not there)", Value(output, "Digest of"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_stands_behind_what_was_known_before_it_and_is_the_scorer_s_own()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny").Edit("config.json", json => json["model_type"] = "blip");
        var (code, output, error) = Inspect(copy.Path);
        Assert.Equal((1, $"Folder         {copy.Path}{Environment.NewLine}Name           {Path.GetFileName(copy.Path)}{Environment.NewLine}"), (code, output));
        Assert.StartsWith(
            $"clip-scorer would refuse this checkpoint: {copy.Path} cannot be loaded: its config.json says model_type \"blip\"", error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_of_another_shape_than_the_configuration_says_is_refused()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny").Edit("config.json", json => json["projection_dim"] = 128);
        var (code, output, error) = Inspect(copy.Path);
        Assert.Equal(1, code);
        Assert.Equal("128 numbers", Value(output, "Embeddings"));
        Assert.DoesNotContain("Loads", output, StringComparison.Ordinal);
        Assert.Contains("has shape [256, 256]; expected [128, 256] by its configuration", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Embeddings_other_than_the_reference_s_are_refused()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny").Edit("config.json", json => json["text_config"]!["hidden_act"] = "gelu");
        var (code, _, error) = Inspect(copy.Path);
        Assert.Equal(1, code);
        Assert.Contains("differ from reference.json by", error, StringComparison.Ordinal);
    }

    [Fact]
    public void As_json_it_says_the_same_with_the_refusal()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny").Edit("config.json", json => json["projection_dim"] = 128);
        var (code, lines, error) = Inspect(copy.Path);
        var (sameCode, output, sameError) = Inspect("--json", copy.Path);
        Assert.Equal((1, 1, error), (code, sameCode, sameError));
        using var json = JsonDocument.Parse(output);
        Assert.Equal(
            lines.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries),
            json.RootElement.GetProperty("facts").EnumerateArray().Select(fact => $"{fact.GetProperty("name").GetString(),-15}{fact.GetProperty("value").GetString()}"));
        Assert.Equal(error.TrimEnd(), $"clip-scorer would refuse this checkpoint: {json.RootElement.GetProperty("refusal").GetString()}");
    }

    [Fact]
    public void Not_one_folder_is_refused()
    {
        Assert.Equal((2, "", $"inspect takes one checkpoint's folder and got 0 arguments.{Environment.NewLine}"), Inspect());
        Assert.Equal((2, "", $"inspect takes one checkpoint's folder and got 2 arguments.{Environment.NewLine}"), Inspect("a", "b"));
        var (code, _, error) = Inspect(Path.Combine(Path.GetTempPath(), "ipo-no-such-folder"));
        Assert.Equal(1, code);
        Assert.Contains("ipo-no-such-folder is not a folder. Give the path", error, StringComparison.Ordinal);
    }

    private static string Value(string output, string name) =>
        Assert.Single(output.Split(Environment.NewLine), line => line.StartsWith($"{name,-15}", StringComparison.Ordinal))[15..];

    private static (int Code, string Output, string Error) Inspect(params string[] folders)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (CheckpointInspection.Run(folders, output, error), output.ToString(), error.ToString());
    }

    [GeneratedRegex(@"(?<=largest error )\S+")]
    private static partial Regex LargestError();
}
