using Xunit;

namespace Ipo.Tests.ClipScorer.Model;

public sealed class SharedPrefixTests
{
    [Fact]
    public void Any_cut_of_a_text_gives_its_embedding()
    {
        var ct = TestContext.Current.CancellationToken;
        var model = EmbeddedModel.Loaded;
        var ids = model.Tokenizer.Encode("a sharp photo of the golden retriever, seen from the side, in the rain.");
        var (whole, cut) = (new float[192], new float[192]);
        model.EncodeTexts([ids], whole, ct);
        for (var prefix = 0; prefix < ids.Length; prefix++)
        {
            model.EncodeTemplate(ids[..prefix], [ids[prefix..]], cut, ct);
            Assert.InRange(whole.Zip(cut, (a, b) => Math.Abs((double)a - b)).Max(), 0, 1e-5);
        }
    }

    [Fact]
    public void Takes_texts_up_to_the_context_and_refuses_longer_ones()
    {
        var model = EmbeddedModel.Loaded;
        var embedding = new float[192];
        int[] longest = [2130, .. Enumerable.Repeat(320, 75), 2131];
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
        var (plain, both) = (new float[192], new float[384]);
        model.EncodeTexts([[2130, 320, 2131]], plain, ct);
        model.EncodeTexts([[2130, 320, 2131, 518, 2131], [2130, 320, 2131]], both, ct);
        Assert.Equal(plain, both[..192]);
        model.EncodeTemplate([2130, 320, 2131, 518], [[815, 2131], [548, 2131]], both, ct);
        Assert.Equal(both[..192], both[192..]);
        Assert.InRange(plain.Zip(both, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-5f);
    }

    [Fact]
    public void Refuses_ids_without_an_end_and_ids_it_does_not_know()
    {
        var embedding = new float[192];
        Assert.Contains("no end id, 2131", Assert.Throws<ArgumentException>(() => EmbeddedModel.Loaded.EncodeTexts([[2130, 320]], embedding, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddedModel.Loaded.EncodeTexts([[2130, 2132, 2131]], embedding, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddedModel.Loaded.EncodeTemplate([-1], [[2131]], embedding, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Nothing_to_encode_is_no_error() => EmbeddedModel.Loaded.EncodeTemplate([2130], [], [], TestContext.Current.CancellationToken);
}
