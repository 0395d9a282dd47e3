using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Text;
using Xunit;

namespace Ipo.Tests.ClipScorer.Families.Siglip;

/// <summary>What holds for CLIP's embeddings has to hold for SigLIP's: an embedding is equal to the bit whatever is encoded beside it.</summary>
public sealed class SiglipRepeatTests
{
    [Fact]
    public void A_text_is_equal_to_the_bit_in_every_batch_and_behind_every_prefix()
    {
        using var model = Model(2);
        var ids = model.Tokenizer.Encode("a photo of a cat");
        var alone = Texts(model, [], [ids]);
        foreach (var count in (int[])[1, 2, 3, 7, 8, 9, 16, 31, 60])
        {
            var others = Enumerable.Range(0, count).Select(text => Enumerable.Range(0, 1 + text % 60).Select(at => 3 + (text * 7 + at) % 380).ToArray()).ToList();
            Assert.Equal(alone, Texts(model, [], [.. others, ids])[^32..]);
            Assert.Equal(alone, Texts(model, [], [ids, .. others])[..32]);
        }
        for (var shared = 1; shared < ids.Length; shared++) Assert.Equal(alone, Texts(model, ids[..shared], [ids[shared..], [5, 1]])[..32]);
    }

    [Fact]
    public void An_image_is_equal_to_the_bit_in_every_batch()
    {
        using var model = Model(2);
        var image = ParityProbe.FormulaImage(40, 32);
        var alone = Images(model, image, 1);
        foreach (var count in (int[])[2, 3, 5, 8, 31, 33, 70])
        {
            byte[] batch = [.. Enumerable.Range(1, count - 1).SelectMany(other => ParityProbe.FormulaImage(other, 32)), .. image];
            Assert.Equal(alone, Images(model, batch, count)[^32..]);
        }
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        using var one = Model(1);
        using var three = Model(3);
        var texts = Enumerable.Range(0, 50).Select(text => Enumerable.Range(0, 1 + text).Select(at => 3 + (text * 5 + at) % 380).ToArray()).ToList();
        Assert.Equal(Texts(one, [], texts), Texts(three, [], texts));
        byte[] images = [.. Enumerable.Range(0, 20).SelectMany(image => ParityProbe.FormulaImage(image, 32))];
        Assert.Equal(Images(one, images, 20), Images(three, images, 20));
    }

    [Fact]
    public void Nothing_is_no_work_and_too_much_is_refused()
    {
        using var model = Model(1);
        Assert.Empty(Texts(model, [.. Enumerable.Repeat(5, 500)], []));
        Assert.Equal(65, Assert.Throws<TextTooLongException>(() => Texts(model, [], [[.. Enumerable.Repeat(5, 65)]])).Tokens);
        Assert.Throws<ArgumentOutOfRangeException>(() => Texts(model, [], [[390]]));
    }

    [Fact]
    public void A_cancelled_call_does_no_work()
    {
        using var model = Model(1);
        Assert.Throws<OperationCanceledException>(() => model.EncodeTexts([[5, 1]], new float[32], new CancellationToken(canceled: true)));
    }

    private static EmbeddingModel Model(int threads) => EmbeddingModel.LoadTowers(Shared.Path("data/goldens2/siglip-random"), ExecutionDevice.Cpu(threads));

    private static float[] Texts(EmbeddingModel model, int[] prefix, List<int[]> suffixes)
    {
        var embeddings = new float[suffixes.Count * model.Facts.EmbeddingDimension];
        model.EncodeTemplate(prefix, suffixes, embeddings, TestContext.Current.CancellationToken);
        return embeddings;
    }

    private static float[] Images(EmbeddingModel model, byte[] images, int count)
    {
        var embeddings = new float[count * model.Facts.EmbeddingDimension];
        model.EncodeImages(images, count, embeddings, TestContext.Current.CancellationToken);
        return embeddings;
    }
}
