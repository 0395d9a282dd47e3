using System.Security.Cryptography;
using System.Text.Json;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Settings;
using Ipo.ClipScorer.ZeroShot;
using Ipo.Tests.ClipScorer.Checkpoints;
using Xunit;

namespace Ipo.Tests.ClipScorer.Families.Siglip;

/// <summary>SigLIP and fixed-resolution SigLIP 2 against transformers' own code, on random weights.</summary>
public sealed class SiglipParityTests
{
    // The reference itself is 2e-6 to 3e-6 from double precision, over vectors of length 5 to 6.
    private const double Bound = 5e-6;

    private static readonly ModelOptions OnCpu = new() { Device = DeviceChoice.Cpu };

    [Theory]
    [InlineData("siglip-random")]
    [InlineData("siglip2-random")]
    public void Texts_images_and_logits_are_those_of_transformers(string name)
    {
        using var golden = new SiglipGolden(name);
        using var model = EmbeddingModel.Load(golden.Folder, OnCpu);
        var dimension = model.Facts.EmbeddingDimension;
        var texts = new float[golden.Texts.Count * dimension];
        model.EncodeTexts(golden.Texts.ConvertAll(SiglipGolden.Ids), texts, TestContext.Current.CancellationToken);
        var images = golden.ImageEmbeddings();
        var textError = SiglipGolden.Largest(texts, golden.Texts.Select(text => text.GetProperty("embed")));
        var imageError = SiglipGolden.Largest(images, golden.Expected.GetProperty("image_embeds").EnumerateArray());

        // Every pair's probability by the head, and its logit by the definition.
        var matrix = ClassMatrix.Pack(texts, golden.Texts.Count, dimension);
        var (logits, probabilities) = (Rows(golden.Expected, "logits_per_image"), Rows(golden.Expected, "probs_per_image"));
        var (logitError, probabilityError) = (0.0, 0.0);
        for (var image = 0; image < logits.Count; image++)
        {
            var row = images.AsSpan(image * dimension, dimension);
            var nearest = model.Head.Nearest(row, matrix, matrix.Count);
            Assert.Equal(Array.IndexOf(logits[image], logits[image].Max()), nearest[0].Class);
            foreach (var (text, probability) in nearest)
            {
                var cosine = NearestClasses.Of(row, matrix, 1).Cosines[text];
                logitError = Math.Max(logitError, Math.Abs(cosine * model.Head.LogitScale + model.Head.LogitBias - logits[image][text]));
                probabilityError = Math.Max(probabilityError, Math.Abs(probability - probabilities[image][text]));
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{name}: largest error, normalised: texts {textError:G3}, images {imageError:G3}; logits {logitError:G3}, probabilities {probabilityError:G3}.");
        Assert.Equal(golden.Expected.GetProperty("logit_scale").GetDouble(), model.Facts.LogitScale, 1e-5);
        Assert.Equal(golden.Expected.GetProperty("logit_bias").GetDouble(), model.Facts.LogitBias, 1e-5);
        Assert.InRange(textError, 0, Bound);
        Assert.InRange(imageError, 0, Bound);
        Assert.InRange(logitError, 0, 1e-4);
        Assert.InRange(probabilityError, 0, 1e-5);
    }

    [Theory]
    [InlineData("siglip-random")]
    [InlineData("siglip2-random")]
    public void A_text_of_any_length_is_padded_by_the_tokenizer_s_own_id(string name)
    {
        using var golden = new SiglipGolden(name);
        using var model = EmbeddingModel.Load(golden.Folder, OnCpu);
        // A special token that is spelled out is text in SigLIP's tokenizer (SiglipTokenizerTests).
        var texts = golden.Texts.FindAll(text => !Text(text).Contains("</s>", StringComparison.Ordinal));
        var ids = texts.ConvertAll(text => model.Tokenizer.Encode(Text(text)));
        Assert.Contains(ids, text => text.Length < model.Facts.ContextLength);
        var found = new float[ids.Count * model.Facts.EmbeddingDimension];
        model.EncodeTexts(ids.ConvertAll(text => model.Tokenizer.Cut(text, Math.Min(text.Length, model.Facts.ContextLength))), found, TestContext.Current.CancellationToken);
        var error = SiglipGolden.Largest(found, texts.Select(text => text.GetProperty("embed")));
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: from text to embedding, largest error {error:G3}.");
        Assert.InRange(error, 0, Bound);
    }

    [Theory]
    [InlineData("siglip-random")]
    [InlineData("siglip2-random")]
    public void Pictures_are_those_of_transformers_from_the_first_pixel_on(string name)
    {
        using var golden = new SiglipGolden(name);
        using var model = EmbeddingModel.Load(golden.Folder, OnCpu);
        var (size, values) = (model.Facts.ImageSize, model.Preprocessor.ValuesPerImage);
        var images = new byte[golden.Pictures.Count * values];
        var pixelError = 0.0;
        for (var picture = 0; picture < golden.Pictures.Count; picture++)
        {
            var expected = golden.Pictures[picture];
            var image = images.AsSpan(picture * values, values);
            model.Preprocessor.Crop(SiglipGolden.Png(expected), image);
            Assert.Equal(expected.GetProperty("resized_sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(Interleaved(image, size))));
            var pixels = new float[values];
            model.Preprocessor.Normalise(image, pixels);
            foreach (var value in expected.GetProperty("pixel_values").EnumerateArray())
                pixelError = Math.Max(pixelError, Math.Abs(pixels[(Number(value, "c") * size + Number(value, "y")) * size + Number(value, "x")] - value.GetProperty("value").GetDouble()));
        }
        var found = new float[golden.Pictures.Count * model.Facts.EmbeddingDimension];
        model.EncodeImages(images, golden.Pictures.Count, found, TestContext.Current.CancellationToken);
        var error = SiglipGolden.Largest(found, golden.Pictures.Select(picture => picture.GetProperty("embed")));
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: pictures, largest error {error:G3}, of a pixel {pixelError:G3}.");
        Assert.InRange(pixelError, 0, 1e-7);
        Assert.InRange(error, 0, Bound);
    }

    [Theory]
    [InlineData("siglip-random")]
    [InlineData("siglip2-random")]
    public void The_graphs_of_a_card_give_the_same(string name)
    {
        using var golden = new SiglipGolden(name);
        using var cpu = EmbeddingModel.LoadTowers(golden.Folder, ExecutionDevice.Cpu(0));
        foreach (var (half, bound) in ((bool, double)[])[(false, 1e-6), (true, 2e-3)])
        {
            using var card = EmbeddingModel.LoadTowers(golden.Folder, ExecutionDevice.Cpu(0) with { UsesGpuTowers = true, IsHalf = half, RowsPerRun = 4_096 });
            var texts = Difference(Texts(cpu, golden), Texts(card, golden));
            var images = Difference(Images(cpu), Images(card));
            TestContext.Current.TestOutputHelper?.WriteLine($"{name}, {card.Facts.Precision}: largest difference of texts {texts:G3}, of images {images:G3}.");
            Assert.InRange(texts, 0, bound);
            Assert.InRange(images, 0, bound);
        }
    }

    [Fact]
    public void The_facts_say_what_the_scores_are()
    {
        using var golden = new SiglipGolden("siglip2-random");
        using var model = EmbeddingModel.Load(golden.Folder, OnCpu);
        Assert.Equal(("siglip2-random", 32, 48, 64), (model.Facts.Name, model.Facts.EmbeddingDimension, model.Facts.ImageSize, model.Facts.ContextLength));
        Assert.Equal((ZeroShotProbability.Sigmoid, -12.5f), (model.Facts.Probability, model.Facts.LogitBias));
        Assert.Matches("^[0-9a-f]{64}$", model.Facts.Digest);
        Assert.Null(model.Parity); // on a CPU, and the golden brings no reference.json
        Assert.InRange(model.WarmUp(), 0, long.MaxValue);
    }

    [Theory]
    [InlineData("tokenizer_config.json")]
    [InlineData("spiece.model")]
    [InlineData("special_tokens_map.json")]
    [InlineData("preprocessor_config.json")]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    public void Every_file_that_decides_an_embedding_is_in_the_digest(string file)
    {
        using var copy = CheckpointCopy.OfGolden2("siglip-random");
        var before = Digest();
        using (var stream = File.Open(copy.File(file), FileMode.Append)) stream.Write(file == "spiece.model" ? [0x12, 0] : " "u8);
        Assert.NotEqual(before, Digest());

        string Digest()
        {
            using var model = EmbeddingModel.LoadTowers(copy.Path, ExecutionDevice.Cpu(1));
            return model.Facts.Digest;
        }
    }

    [Fact]
    public void A_reference_of_its_own_is_held_to_at_the_start()
    {
        using var golden = new SiglipGolden("siglip-random");
        using var copy = CheckpointCopy.OfGolden2("siglip-random");
        using (var model = EmbeddingModel.Load(copy.Path, OnCpu))
        {
            var (ids, embedding, image) = (model.Tokenizer.Encode("a cat"), new float[32], new float[32]);
            model.EncodeTexts([ids], embedding, TestContext.Current.CancellationToken);
            model.EncodeImages(ParityProbe.FormulaImage(3, 32), 1, image, TestContext.Current.CancellationToken);
            File.WriteAllText(copy.File("reference.json"), JsonSerializer.Serialize(new { texts = new[] { new { text = "a cat", ids, embedding } }, images = new[] { new { i = 3, embedding = image } } }));
        }
        using (var proved = EmbeddingModel.Load(copy.Path, OnCpu)) Assert.Equal(0, proved.Parity!.LargestError);
        copy.Edit("reference.json", json => json["images"]![0]!["embedding"]![5] = 0.9);
        Assert.Contains("differ from reference.json by", Assert.Throws<CheckpointException>(() => EmbeddingModel.Load(copy.Path, OnCpu)).Message, StringComparison.Ordinal);
    }

    private static float[] Texts(EmbeddingModel model, SiglipGolden golden)
    {
        var embeddings = new float[golden.Texts.Count * model.Facts.EmbeddingDimension];
        model.EncodeTexts(golden.Texts.ConvertAll(SiglipGolden.Ids), embeddings, TestContext.Current.CancellationToken);
        return embeddings;
    }

    private static float[] Images(EmbeddingModel model)
    {
        byte[] images = [.. Enumerable.Range(0, 5).SelectMany(image => ParityProbe.FormulaImage(image, model.Facts.ImageSize))];
        var embeddings = new float[5 * model.Facts.EmbeddingDimension];
        model.EncodeImages(images, 5, embeddings, TestContext.Current.CancellationToken);
        return embeddings;
    }

    private static double Difference(float[] left, float[] right) => left.Zip(right, (a, b) => Math.Abs((double)a - b)).Max();

    private static byte[] Interleaved(ReadOnlySpan<byte> image, int size)
    {
        var rgb = new byte[image.Length];
        for (var at = 0; at < rgb.Length; at++) rgb[at] = image[at % 3 * size * size + at / 3];
        return rgb;
    }

    private static string Text(JsonElement entry) => entry.GetProperty("text").GetString()!;

    private static int Number(JsonElement value, string name) => value.GetProperty(name).GetInt32();

    private static List<double[]> Rows(JsonElement expected, string name) =>
        [.. expected.GetProperty(name).EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetDouble()).ToArray())];
}
