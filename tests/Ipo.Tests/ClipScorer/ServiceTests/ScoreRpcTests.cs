using Grpc.Core;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;
using ScorerClient = Ipo.V1.ClipScorerService.ClipScorerServiceClient;

namespace Ipo.Tests.ClipScorer.ServiceTests;

public sealed class ScoreRpcTests(ScorerServer server) : IClassFixture<ScorerServer>
{
    private static readonly string[] Names = ["dog", "sunflower", "grand piano", "airplane"];

    [Fact]
    public async Task Texts_that_are_only_checked_are_not_embedded()
    {
        var client = await server.ReadyAsync();
        string[] texts = ["a dog", "a cat"];
        var check = await client.EmbedTextsAsync(new() { Texts = { texts }, CheckOnly = true });
        Assert.Empty(check.Embeddings);
        Assert.Equal(2, check.Tokens.Distinct().Count());
        var embedded = await client.EmbedTextsAsync(new() { Texts = { texts } });
        Assert.Equal((2, 0), (embedded.Embeddings.Count, embedded.Tokens.Count));
    }

    [Fact]
    public async Task Texts_that_the_tokenizer_repairs_have_the_tokens_of_what_they_are_read_as()
    {
        var client = await server.ReadyAsync();
        var tokens = (await client.EmbedTextsAsync(new() { Texts = { "a chef’s CafÃ©", "A chef's cafe\u0301", "a chef s cafe" }, CheckOnly = true })).Tokens;
        Assert.Equal(tokens[0], tokens[1]);
        Assert.NotEqual(tokens[1], tokens[2]);
    }

    [Fact]
    public async Task A_template_that_is_read_otherwise_than_it_is_written_is_told_with_its_score_and_at_classifying()
    {
        var client = await server.ReadyAsync();
        const string Template = "a chef’s <CLASS>  &amp; more";
        var set = await PutAsync(client, [.. Enumerable.Range(500, 8)]);
        var expected = new RepairedTemplate { Template = Template, ReadAs = "a chef's <CLASS> & more" };
        var first = await ScoreAsync(client, set, [Template, "a  PHOTO of\u00A0a <CLASS>", "the cafe\u0301’s <CLASS>\nsunflower\ta yellow “<CLASS>”"]);
        Assert.Equal(expected, Assert.Single(first[0].Score.Repaired));
        Assert.Empty(first[1].Score.Repaired);
        Assert.Equal(["the café's <CLASS>", "a yellow \"<CLASS>\""], first[2].Score.Repaired.Select(one => one.ReadAs));
        var again = await ScoreAsync(client, set, [Template, "a chef's <CLASS> & more"]);
        Assert.Equal(expected, Assert.Single(again[0].Score.Repaired));
        Assert.Equal(again[1].Score.Loss, again[0].Score.Loss);
        var classified = await client.ClassifyAsync(new() { Images = { Pictures.Image(500) }, PromptSet = Prompts.Set(Template), ClassNames = { Names } });
        Assert.Equal(expected, Assert.Single(classified.Repaired));
    }

    [Fact]
    public async Task A_score_is_what_the_embeddings_say()
    {
        var client = await server.ReadyAsync();
        const int count = 50;
        var images = Enumerable.Range(200, count).ToArray();
        var embedded = await client.EmbedImagesAsync(new() { Images = { images.Select(Pictures.Image) }, IncludeEmbeddings = true });
        var texts = await client.EmbedTextsAsync(new() { Texts = { Names.Select(name => $"a photo of a {name}.") } });
        var scale = (await client.GetModelAsync(new())).Model.LogitScale;
        var set = await PutAsync(client, images);
        var score = (await ScoreAsync(client, set, ["a photo of a <CLASS>."], outcomes: true))[0].Score;

        var worst = 0.0;
        for (var i = 0; i < count; i++)
        {
            var image = ImageRpcTests.Floats(embedded.Embeddings[i].Embedding);
            var logits = texts.Embeddings.Select(text => scale * ImageRpcTests.Floats(text).Zip(image, (a, b) => (double)a * b).Sum()).ToArray();
            Assert.Equal(Array.IndexOf(logits, logits.Max()), score.Outcomes[i].Predicted);
            worst = Math.Max(worst, Math.Abs(Math.Log(logits.Sum(Math.Exp)) - logits[i % Names.Length] - score.Outcomes[i].Loss));
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"largest difference of a loss: {worst:E2} nats");
        Assert.InRange(worst, 0, 1e-4);
        Assert.Equal(score.Outcomes.Average(o => (double)o.Loss), score.Loss, 1e-12);
        Assert.Equal(score.Outcomes.Where((o, i) => o.Predicted == i % Names.Length).Count() / (double)count, score.Accuracy);
        Assert.Equal([13, 13, 12, 12], score.ClassImages);
        Assert.Equal(score.Accuracy * count, score.ClassCorrect.Sum(), 1e-9);

        var classified = await client.ClassifyAsync(new() { Images = { images.Select(Pictures.Named) }, PromptSet = Prompts.Set("a photo of a <CLASS>."), ClassNames = { Names }, TopK = 9 });
        for (var i = 0; i < count; i++)
        {
            var classes = classified.Classifications[i].Classes;
            Assert.Equal((ImageOutcome.Cached, Names.Length), (classified.Classifications[i].Outcome, classes.Count));
            Assert.Equal(Names[score.Outcomes[i].Predicted], classes[0].ClassName);
            Assert.Equal(score.Outcomes[i].Loss, -Math.Log(classes.Single(c => c.ClassName == Names[i % Names.Length]).Probability), 1e-4);
        }
    }

    [Fact]
    public async Task The_same_request_gives_the_same_bits_from_memory_and_from_another_process()
    {
        string[] templates = ["a photo of a <CLASS>.", "<CLASS>", "one <CLASS> in the rain"];
        var client = await server.ReadyAsync();
        var images = Enumerable.Range(300, 20).ToArray();
        var set = await PutAsync(client, images);
        var first = await ScoreAsync(client, set, templates, outcomes: true);
        var (scored, reused) = (server.Counted("templates.scored"), server.Counted("templates.reused:score"));
        var second = await ScoreAsync(client, set, templates, outcomes: true);
        Assert.Equal(first, second);
        Assert.Equal((scored, reused + templates.Length), (server.Counted("templates.scored"), server.Counted("templates.reused:score")));

        await using var other = new ScorerServer(("Ipo:ClipScorer:ScoreMemoryMiB", "0"), ("Ipo:ClipScorer:TemplateMemoryMiB", "0"), ("Ipo:ClipScorer:Threads", "1"), ("Ipo:ClipScorer:ImageBatch", "3"));
        var fresh = await other.ReadyAsync();
        Assert.Equal(set, await PutAsync(fresh, images));
        Assert.Equal(first, await ScoreAsync(fresh, set, templates, outcomes: true));
        Assert.Equal(first, await ScoreAsync(fresh, set, templates, outcomes: true));
        Assert.Equal(2 * templates.Length, other.Counted("templates.scored"));
    }

    [Fact]
    public async Task What_is_known_is_answered_first_and_a_repeated_template_is_scored_once()
    {
        var client = await server.ReadyAsync();
        var set = await PutAsync(client, [.. Enumerable.Range(320, 8)]);
        await ScoreAsync(client, set, ["known <CLASS>"]);
        var before = server.Counted("templates.scored");
        var order = new List<int>();
        using var call = client.ScoreTemplates(new() { ImageSetDigest = set, ClassNames = { Names }, PromptSets = { Prompts.Sets("new <CLASS>", "new <CLASS>", "known <CLASS>") } });
        await foreach (var response in call.ResponseStream.ReadAllAsync()) order.Add(response.PromptSetIndex);
        Assert.Equal([2, 0, 1], order);
        Assert.Equal(before + 1, server.Counted("templates.scored"));
    }

    [Fact]
    public async Task A_template_scored_on_a_second_set_is_not_encoded_again()
    {
        var client = await server.ReadyAsync();
        var (one, two) = (await PutAsync(client, [.. Enumerable.Range(330, 8)]), await PutAsync(client, [.. Enumerable.Range(340, 8)]));
        await ScoreAsync(client, one, ["twice <CLASS>"]);
        var (texts, reused) = (server.Counted("texts.encoded"), server.Counted("templates.reused:classes"));
        await ScoreAsync(client, two, ["twice <CLASS>"]);
        Assert.Equal((texts, reused + 1), (server.Counted("texts.encoded"), server.Counted("templates.reused:classes")));
    }

    [Fact]
    public async Task A_template_that_several_callers_ask_for_at_once_is_encoded_once()
    {
        var client = await server.ReadyAsync();
        var sets = new List<string>();
        for (var first = 400; first < 480; first += 10) sets.Add(await PutAsync(client, [.. Enumerable.Range(first, 8)]));
        var texts = server.Counted("texts.encoded");
        await Task.WhenAll(sets.Select(set => ScoreAsync(client, set, ["at once <CLASS>"])));
        Assert.Equal(texts + Names.Length, server.Counted("texts.encoded"));
    }

    [Fact]
    public async Task A_prompt_set_is_scored_as_one_classifier_from_embeddings_that_are_known_to_the_bit_twice()
    {
        var client = await server.ReadyAsync();
        string[] templates = ["a photo of a <CLASS>.", "a sketch of a <CLASS>", "set apart: <CLASS>"];
        // Sentences of the second class alone, and of one that is not asked for.
        var text = string.Join('\n', [.. templates, "sunflower\ta yellow <CLASS>", "unicorn\ta white <CLASS>"]);
        var images = Enumerable.Range(370, 40).ToArray();
        var set = await PutAsync(client, images);
        var single = await ScoreAsync(client, set, templates);
        var encoded = server.Counted("texts.encoded");
        var plain = (await ScoreAsync(client, set, [string.Join('\n', templates)]))[0].Score;
        Assert.Equal(encoded, server.Counted("texts.encoded"));
        Assert.Equal(single.Sum(one => one.Score.PromptTokens), plain.PromptTokens);
        var score = (await ScoreAsync(client, set, [text], outcomes: true))[0].Score;
        Assert.Equal(encoded + 1, server.Counted("texts.encoded"));
        Assert.InRange(score.PromptTokens, plain.PromptTokens + 5, plain.PromptTokens + 8);
        Assert.Equal(score, (await ScoreAsync(client, set, [text], outcomes: true))[0].Score);

        var features = (await client.EmbedImagesAsync(new() { Images = { images.Select(Pictures.Named) }, IncludeEmbeddings = true })).Embeddings.Select(image => ImageRpcTests.Floats(image.Embedding)).ToList();
        var scale = (await client.GetModelAsync(new())).Model.LogitScale;
        var classes = new List<double[]>();
        foreach (var name in Names)
        {
            var prompts = (await client.EmbedTextsAsync(new() { Texts = { templates.Concat(name == "sunflower" ? ["a yellow <CLASS>"] : Array.Empty<string>()).Select(template => template.Replace("<CLASS>", name, StringComparison.Ordinal)) } })).Embeddings.Select(ImageRpcTests.Floats).ToList();
            var mean = Enumerable.Range(0, prompts[0].Length).Select(at => prompts.Average(prompt => (double)prompt[at])).ToArray();
            var length = Math.Sqrt(mean.Sum(value => value * value));
            classes.Add([.. mean.Select(value => value / length)]);
        }
        for (var i = 0; i < images.Length; i++)
        {
            var logits = classes.Select(vector => scale * vector.Zip(features[i], (a, b) => a * b).Sum()).ToArray();
            var all = Math.Log(logits.Sum(Math.Exp));
            Assert.Equal(Array.IndexOf(logits, logits.Max()), score.Outcomes[i].Predicted);
            Assert.Equal(all - logits[i % Names.Length], score.Outcomes[i].Loss, 1e-4);
            Assert.Equal(Math.Exp(logits.Max() - all), score.Outcomes[i].TopProbability, 1e-4);
        }

        var classified = await client.ClassifyAsync(new() { Images = { images.Select(Pictures.Named) }, PromptSet = Prompts.Set(text), ClassNames = { Names } });
        Assert.Equal(score.Outcomes.Select(outcome => Names[outcome.Predicted]), classified.Classifications.Select(image => image.Classes[0].ClassName));
    }

    [Fact]
    public async Task A_prompt_set_with_a_line_that_is_no_template_or_too_many_lines_is_refused()
    {
        var client = await server.ReadyAsync();
        var set = await PutAsync(client, [.. Enumerable.Range(350, 8)]);
        var answers = await ScoreAsync(client, set, ["a <CLASS>\nno class here", string.Join('\n', Enumerable.Repeat("<CLASS>", 129)), "dog\ta <CLASS>", "a <CLASS>\ndog\tno class", "<CLASS>\n" + string.Join('\n', Enumerable.Repeat("dog\t<CLASS>", 129))]);
        Assert.Contains("0 templates of all classes", answers[2].Refusal, StringComparison.Ordinal);
        Assert.Contains("no <CLASS>", answers[3].Refusal, StringComparison.Ordinal);
        Assert.Contains("129 templates of the class \"dog\" alone; it takes at most 128", answers[4].Refusal, StringComparison.Ordinal);
        Assert.Contains("no <CLASS>", answers[0].Refusal, StringComparison.Ordinal);
        Assert.Contains("129 templates of all classes; it takes 1 to 128", answers[1].Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_that_cannot_be_scored_is_refused_and_the_others_are_not()
    {
        var client = await server.ReadyAsync();
        var set = await PutAsync(client, [.. Enumerable.Range(350, 8)]);
        var answers = await ScoreAsync(client, set, ["no class here", "<CLASS> and <CLASS>", string.Join(' ', Enumerable.Repeat("photo", 74)) + " <CLASS>", "a <CLASS>", "<class>", new string('x', 3000)]);
        Assert.Equal([3], answers.Where(a => a.Score is not null).Select(a => a.PromptSetIndex));
        Assert.Contains("no <CLASS>", answers[0].Refusal, StringComparison.Ordinal);
        Assert.Contains("more than one <CLASS>", answers[1].Refusal, StringComparison.Ordinal);
        Assert.Matches("\"grand piano\".* 7[89] tokens.*77", answers[2].Refusal);
        Assert.Contains("no <CLASS>", answers[4].Refusal, StringComparison.Ordinal);
        Assert.Contains("3000 characters", answers[5].Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_are_classified_on_the_way_in()
    {
        var client = await server.ReadyAsync();
        var answer = await client.ClassifyAsync(new() { Images = { Pictures.Image(360), Pictures.Named(361), Pictures.Image("rubbish"u8.ToArray()) }, PromptSet = Prompts.Set("a <CLASS>"), ClassNames = { Names } });
        Assert.Equal([ImageOutcome.Encoded, ImageOutcome.ContentNeeded, ImageOutcome.Rejected], answer.Classifications.Select(c => c.Outcome));
        Assert.Equal([1, 0, 0], answer.Classifications.Select(c => c.Classes.Count));
        Assert.NotEmpty(answer.Classifications[2].Rejection);
    }

    internal static async Task<string> PutAsync(ScorerClient client, int[] seeds)
    {
        await client.EmbedImagesAsync(new() { Images = { seeds.Select(Pictures.Image) } });
        var put = await client.PutImageSetAsync(new() { Sha256S = { seeds.Select(seed => Pictures.Named(seed).Sha256) }, Labels = { seeds.Select((_, i) => i % Names.Length) }, ClassCount = Names.Length });
        Assert.Empty(put.Missing);
        return put.ImageSetDigest;
    }

    internal static async Task<List<ScoreTemplatesResponse>> ScoreAsync(ScorerClient client, string set, string[] templates, bool outcomes = false)
    {
        var answers = new List<ScoreTemplatesResponse>();
        using var call = client.ScoreTemplates(new() { ImageSetDigest = set, ClassNames = { Names }, PromptSets = { Prompts.Sets(templates) }, IncludeOutcomes = outcomes });
        await foreach (var response in call.ResponseStream.ReadAllAsync()) answers.Add(response);
        return [.. answers.OrderBy(a => a.PromptSetIndex)];
    }
}
