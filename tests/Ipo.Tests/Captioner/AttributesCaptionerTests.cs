using Grpc.Core;
using Ipo.Captioner;
using Ipo.Images;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Captioner;

public sealed class AttributesCaptionerTests
{
    private static readonly byte[] File = Pictures.Plain();

    private readonly FakeClipScorer scorer = new();
    private readonly AttributesCaptioner captioner;

    public AttributesCaptionerTests() => captioner = new AttributesCaptioner(scorer);

    [Theory]
    [InlineData("a mosaic on a blackboard of a bird", "mosaic", "on a blackboard", "of a kind of bird.")]
    [InlineData("a blurry sepia photo of a musical instrument seen from above", "blurry", "sepia", "seen from above", "of a kind of musical instrument.")]
    public async Task Says_what_lies_nearest_to_the_image(string shown, params string[] said)
    {
        scorer.Show(File, shown);

        var sentence = (await DescribeAsync()).Text!;

        Assert.All(said, phrase => Assert.Contains(phrase, sentence, StringComparison.Ordinal));
        Assert.StartsWith("a", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_out_what_does_not_stand_out()
    {
        var best = AttributePhrases.Facets.ToDictionary(facet => facet.Kind, facet => new RankedPhrase(facet.Phrases[0], 1.9));

        Assert.Equal("a photo, of a kind of animal.", AttributesCaptioner.Sentence(best));
        best[FacetKind.Colour] = new("orange", 2.0);
        best[FacetKind.Background] = new("on grass", 2.5);
        best[FacetKind.Lighting] = new("at night", 3);
        best[FacetKind.Viewpoint] = new("seen from above", 3);
        Assert.Equal("an orange photo on grass, at night, seen from above, of a kind of animal.", AttributesCaptioner.Sentence(best));
    }

    [Fact]
    public async Task Sends_the_bytes_only_where_the_scorer_lacks_them_and_embeds_its_phrases_once()
    {
        scorer.Show(File, "a photo");

        var first = await DescribeAsync();
        var second = await DescribeAsync();

        Assert.Equal(["GetModel", "EmbedTexts", "EmbedImages", "EmbedImages+", "GetModel", "EmbedImages"], scorer.Calls);
        Assert.Equal((first.Text, "fake-clip"), (second.Text, second.Model));
    }

    [Fact]
    public async Task Embeds_its_phrases_anew_for_another_checkpoint()
    {
        scorer.Show(File, "a photo");
        await DescribeAsync();
        scorer.Digest = new('b', 64);

        await DescribeAsync();

        Assert.Equal(2, scorer.Calls.Count(call => call == "EmbedTexts"));
        Assert.Contains(scorer.Digest, (await captioner.IdentifyAsync(Cancel)).Parameters, StringComparison.Ordinal);
    }

    [Fact]
    public void Fits_the_scorers_limit_of_texts() => Assert.InRange(AttributePhrases.Texts.Count, 1, 4096);

    [Theory]
    [InlineData(StatusCode.Unavailable, FailureKind.Unavailable)]
    [InlineData(StatusCode.DeadlineExceeded, FailureKind.TimedOut)]
    [InlineData(StatusCode.ResourceExhausted, FailureKind.RateLimited)]
    [InlineData(StatusCode.InvalidArgument, FailureKind.Rejected)]
    [InlineData(StatusCode.Internal, FailureKind.Faulted)]
    public async Task Names_a_fault_of_the_scorer_and_recovers_from_it(StatusCode status, FailureKind kind)
    {
        scorer.Show(File, "a photo");
        scorer.Fault = status;

        Assert.Equal(kind, (await DescribeAsync()).Failure!.Kind);
        Assert.Equal(kind, (await Assert.ThrowsAsync<ProviderFailedException>(() => captioner.IdentifyAsync(Cancel))).Failure.Kind);

        scorer.Fault = null;
        Assert.NotNull((await DescribeAsync()).Text);
    }

    [Fact]
    public async Task Passes_on_why_the_scorer_rejects_an_image()
    {
        scorer.Rejection = "the image is damaged.";

        Assert.Equal("the image is damaged.", (await Assert.ThrowsAsync<ImageRejectedException>(DescribeAsync)).Message);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task<Ipo.Providers.ChatReply> DescribeAsync() => captioner.DescribeAsync(ImageFile.Check(File), Cancel);
}
