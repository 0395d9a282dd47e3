using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Model;
using Ipo.Tests.ClipScorer.Model;
using Xunit;

namespace Ipo.Tests.ClipScorer.Families.Clip;

public sealed class SharedPrefixTests
{
    [Fact]
    public void Any_cut_of_a_text_gives_its_embedding()
    {
        var ct = TestContext.Current.CancellationToken;
        var model = EmbeddedModel.Loaded;
        var ids = model.Tokenizer.Encode("a sharp photo of the golden retriever, seen from the side, in the rain.");
        var (whole, cut) = (new float[256], new float[256]);
        model.EncodeTexts([ids], whole, ct);
        for (var prefix = 0; prefix < ids.Length; prefix++)
        {
            model.EncodeTemplate(ids[..prefix], [ids[prefix..]], cut, ct);
            Assert.InRange(whole.Zip(cut, (a, b) => Math.Abs((double)a - b)).Max(), 0, 1e-5);
        }
    }

    [Theory]
    [InlineData(16_384)]
    [InlineData(40)]
    public void Packed_texts_of_many_lengths_get_the_same_embeddings(int rowsPerRun)
    {
        var ct = TestContext.Current.CancellationToken;
        var device = ExecutionDevice.Cpu(2) with { UsesGpuTowers = true, RowsPerRun = rowsPerRun };
        using var packed = EmbeddingModel.LoadTowers(Path.Combine(Shared.Repository, "models", "ipo-tiny"), device);
        string[] names = ["cat", "golden retriever", "a very long name of a thing with many words in it", "sea", "yellow-headed blackbird", "cat"];
        foreach (var template in (string[])["a photo of a <CLASS>.", "a clear photo of the <CLASS>, seen from the side, in the sun.", "<CLASS>"])
        {
            var texts = names.Select(name => packed.Tokenizer.Encode(template.Replace("<CLASS>", name, StringComparison.Ordinal))).ToList();
            var (own, theirs) = (new float[texts.Count * 256], new float[texts.Count * 256]);
            foreach (var shared in (int[])[0, 1, 2])
            {
                packed.EncodeTemplate(texts[0][..shared], texts.ConvertAll(ids => ids[shared..]), own, ct);
                EmbeddedModel.Loaded.EncodeTemplate(texts[0][..shared], texts.ConvertAll(ids => ids[shared..]), theirs, ct);
                var largest = own.Zip(theirs, (a, b) => Math.Abs((double)a - b)).Max();
                TestContext.Current.TestOutputHelper?.WriteLine($"{template}, {shared} shared: largest difference {largest:G3}.");
                Assert.InRange(largest, 0, 1e-5);
            }
        }
    }

    [Fact]
    public void Takes_texts_up_to_the_context_and_refuses_longer_ones()
    {
        var model = EmbeddedModel.Loaded;
        var embedding = new float[256];
        int[] longest = [6142, .. Enumerable.Repeat(320, 75), 6143];
        model.EncodeTexts([longest], embedding, TestContext.Current.CancellationToken);
        model.EncodeTemplate(longest[..70], [longest[70..]], embedding, TestContext.Current.CancellationToken);
        var error = Assert.Throws<Ipo.ClipScorer.Text.TextTooLongException>(() => model.EncodeTemplate(longest[..70], [longest[69..]], embedding, TestContext.Current.CancellationToken));
        Assert.Equal((78, 77), (error.Tokens, error.ContextLength));
        Assert.Contains("has 78 tokens with start and end, and this checkpoint takes 77", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_a_text_at_its_first_end()
    {
        var ct = TestContext.Current.CancellationToken;
        var model = EmbeddedModel.Loaded;
        var (plain, both) = (new float[256], new float[512]);
        model.EncodeTexts([[6142, 320, 6143]], plain, ct);
        model.EncodeTexts([[6142, 320, 6143, 518, 6143], [6142, 320, 6143]], both, ct);
        Assert.Equal(plain, both[..256]);
        model.EncodeTemplate([6142, 320, 6143, 518], [[815, 6143], [548, 6143]], both, ct);
        Assert.Equal(both[..256], both[256..]);
        Assert.InRange(plain.Zip(both, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-5f);
    }

    [Fact]
    public void Refuses_ids_without_an_end_and_ids_it_does_not_know()
    {
        var embedding = new float[256];
        Assert.Contains("no end id, 6143", Assert.Throws<ArgumentException>(() => EmbeddedModel.Loaded.EncodeTexts([[6142, 320]], embedding, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddedModel.Loaded.EncodeTexts([[6142, 6144, 6143]], embedding, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddedModel.Loaded.EncodeTemplate([-1], [[6143]], embedding, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Nothing_to_encode_is_no_error() => EmbeddedModel.Loaded.EncodeTemplate([6142], [], [], TestContext.Current.CancellationToken);
}
