using CsCheck;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Text;
using Ipo.Tests.ClipScorer.Checkpoints;
using Xunit;

namespace Ipo.Tests.ClipScorer.Text;

public sealed class SiglipTokenizerTests
{
    private static string Folder => Shared.Path("data/goldens2/siglip-random");

    [Fact]
    public void Gives_every_id_that_transformers_gives() => TokenGoldens.Compare(Folder, SiglipTokenizer.Load(Folder), padId: 1,
        golden => golden.TryGetProperty("special_in_text", out _) ? null : golden.GetProperty("ids_unpadded"));

    [Theory]
    [InlineData("</s> hi", "s hi")]
    [InlineData("a cat </s> a dog", "a cat s a dog")]
    [InlineData("<unk> cat", "unk cat")]
    [InlineData("<s>cat<pad>", "scatpad")]
    public void A_special_token_that_is_spelled_out_is_text(string text, string same)
    {
        var tokenizer = SiglipTokenizer.Load(Folder);
        Assert.Equal(tokenizer.Encode(same), tokenizer.Encode(text));
        Assert.Single(tokenizer.Encode(text), tokenizer.EndId);
    }

    [Fact]
    public void Knows_its_end_and_its_vocabulary()
    {
        var tokenizer = SiglipTokenizer.Load(Folder);
        Assert.Equal((1, 390), (tokenizer.EndId, tokenizer.VocabularySize));
        Assert.Equal((0, 1, 2, null), (tokenizer.IdOf("<pad>"), tokenizer.IdOf("</s>"), tokenizer.IdOf("<unk>"), tokenizer.IdOf("<mask>")));
    }

    [Fact]
    public void Ids_of_any_text_end_once_and_stand_in_the_vocabulary()
    {
        var tokenizer = SiglipTokenizer.Load(Folder);
        Gen.String.Sample(text =>
        {
            var ids = tokenizer.Encode(text);
            return ids[^1] == tokenizer.EndId && ids.Count(id => id == tokenizer.EndId) == 1 && ids.All(id => id >= 0 && id < tokenizer.VocabularySize);
        });
    }

    [Fact]
    public void Callers_side_by_side_get_what_they_get_alone()
    {
        var tokenizer = SiglipTokenizer.Load(Folder);
        var texts = Enumerable.Range(0, 200).Select(text => $"a photo of the number {text * 7919} beside a boat").ToList();
        var alone = texts.ConvertAll(tokenizer.Encode);
        var together = new int[texts.Count][];
        for (var round = 0; round < 20; round++)
        {
            Parallel.For(0, texts.Count, new() { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, text => together[text] = tokenizer.Encode(texts[text]));
            Assert.Equal(alone, together);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("version https://git-lfs.github.com/spec/v1")]
    public void What_is_no_model_is_refused_by_its_name(string content)
    {
        using var copy = CheckpointCopy.OfGolden2("siglip-random");
        File.WriteAllText(copy.File("spiece.model"), content);
        Assert.Contains("spiece.model is not a SentencePiece model that can be read", Assert.Throws<CheckpointException>(() => SiglipTokenizer.Load(copy.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\u2581\0\0", false)]
    [InlineData("\u2581of", true)]
    public void A_model_whose_pieces_the_library_cannot_search_is_refused(string piece, bool isRead)
    {
        // ModelProto: pieces (field 1) of text, score and type; trainer_spec (2) with model_type, unk_id, eos_id; normalizer_spec (3).
        var model = new List<byte>();
        foreach (var (text, type) in new[] { ("<pad>", 3), ("</s>", 3), ("<unk>", 2), ("\u2581a", 1), (piece, 1), ("o", 1), ("p", 1) })
        {
            var name = System.Text.Encoding.UTF8.GetBytes(text);
            byte[] one = [0x0A, (byte)name.Length, .. name, 0x15, .. BitConverter.GetBytes(-3f), 0x18, (byte)type];
            model.AddRange([0x0A, (byte)one.Length, .. one]);
        }
        model.AddRange([0x12, 8, 0x18, 1, 0xC0, 0x02, 2, 0xD0, 0x02, 1, 0x1A, 0]);
        using var folder = new Fakes.TempFolder();
        folder.Write("spiece.model", [.. model]);
        if (isRead) Assert.Equal(1, SiglipTokenizer.Load(folder).Encode("a photo, of \u00FCber")[^1]);
        else Assert.Contains("a piece has the character U+0000", Assert.Throws<CheckpointException>(() => SiglipTokenizer.Load(folder)).Message, StringComparison.Ordinal);
    }
}
