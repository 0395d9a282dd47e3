using Google.Protobuf;
using Grpc.Core;
using Ipo.Captioner;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Microsoft.Extensions.DependencyInjection;
using SkiaSharp;
using Xunit;
using Service = Ipo.V1.CaptionerService;

namespace Ipo.Tests.Captioner;

public sealed class CaptionerServiceTests
{
    private const string Key = "sk-canary-captioner-41bd";

    private static readonly byte[] File = Pictures.Plain(1000, 500);

    [Fact]
    public async Task Describes_with_the_scorer_by_default_and_from_memory_the_second_time()
    {
        var scorer = new FakeClipScorer();
        scorer.Show(File, "a pencil sketch on paper of a bird");
        await using var service = Embedded(scorer);
        using var metrics = new MetricRecorder(service.Services);

        var about = await Client(service).GetCaptionerAsync(new(), cancellationToken: Cancel);
        var first = await DescribeAsync(service, "bird");
        var second = await DescribeAsync(service);

        Assert.Equal(("attributes", "fake-clip", false, true), (about.Captioner.Name, about.Captioner.Model, about.Captioner.Paid, about.Captioner.Embedded));
        Assert.Contains("pencil sketch", first.Description, StringComparison.Ordinal);
        Assert.EndsWith("of a kind of object.", first.Description, StringComparison.Ordinal);
        Assert.EndsWith("of a kind of bird.", second.Description, StringComparison.Ordinal);
        Assert.Equal((false, true), (first.Cached, second.Cached));
        Assert.Equal(["1 provider", "1 memory"], metrics.Of("ipo.captioner.described"));
        Assert.Equal(["1 attributes ok"], metrics.Of("ipo.provider.calls"));
    }

    [Fact]
    public async Task Shows_the_image_to_the_model_without_naming_its_class()
    {
        await using var server = await OpenAiServer.StartAsync();
        server.Then(OpenAiAnswer.Text("The **Audi TT** is red.\nAn Audi!", model: "vision-1-2026", inputTokens: 500, outputTokens: 20));
        await using var service = Configured(server, ("Ipo:Captioner:OpenAI:InputPricePerMillionTokens", "2"), ("Ipo:Captioner:OpenAI:OutputPricePerMillionTokens", "4"));

        var response = await DescribeAsync(service, "Audi TT");
        var again = await DescribeAsync(service);

        var sent = server.Request;
        Assert.Equal(("vision-1", $"Bearer {Key}"), (sent.Model, sent.Authorization));
        Assert.Equal((0.7, 4096), (sent.Body.GetProperty("temperature").GetDouble(), sent.Body.GetProperty("max_completion_tokens").GetInt32()));
        Assert.Contains("Never name the object or its class", sent.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Audi", sent.Body.ToString(), StringComparison.Ordinal);
        using var picture = SKBitmap.Decode(Convert.FromBase64String(sent.ImageUrl!["data:image/jpeg;base64,".Length..]));
        Assert.Equal((512, 256), (picture.Width, picture.Height));
        Assert.Equal("The object is red. An object!", response.Description);
        Assert.Equal((2, 0), (response.NamesReplaced, again.NamesReplaced));
        Assert.Equal(("openai", "vision-1-2026", 500, 20, 1080), (response.Provider, response.Model, response.Usage.InputTokens, response.Usage.OutputTokens, response.Usage.CostMicroUsd));
        Assert.Equal((true, "The Audi TT is red. An Audi!", "vision-1-2026", 0), (again.Cached, again.Description, again.Model, again.Usage.CostMicroUsd));
    }

    [Theory]
    [InlineData("vision-1", 64, 85 + 170)]
    [InlineData("vision-1", 512, 85 + 170)]
    [InlineData("vision-1", 513, 85 + 4 * 170)]
    [InlineData("vision-1", 4096, 85 + 4 * 170)] // shrunk to 768
    [InlineData("openai/gpt-4o-mini-2024-07-18", 512, 2833 + 5667)]
    public async Task Says_the_prices_by_which_it_counts_and_the_tokens_of_an_image(string model, int side, int tokens)
    {
        await using var server = await OpenAiServer.StartAsync();
        await using var service = Configured(
            server, ("Ipo:Captioner:OpenAI:Model", model), ("Ipo:Captioner:OpenAI:MaxImageSide", $"{side}"), ("Ipo:Captioner:OpenAI:Question", new string('x', 41)),
            ("Ipo:Captioner:OpenAI:InputPricePerMillionTokens", "2"), ("Ipo:Captioner:OpenAI:OutputPricePerMillionTokens", "4"));
        await using var embedded = Embedded(new FakeClipScorer());

        var about = (await Client(service).GetCaptionerAsync(new(), cancellationToken: Cancel)).Captioner;
        var without = (await Client(embedded).GetCaptionerAsync(new(), cancellationToken: Cancel)).Captioner;

        Assert.Equal((2, 4, 11 + tokens), (about.InputPricePerMillionTokens, about.OutputPricePerMillionTokens, about.InputTokensPerImage));
        Assert.Equal((false, false, 0), (without.HasInputPricePerMillionTokens, without.HasOutputPricePerMillionTokens, without.InputTokensPerImage));
    }

    [Theory]
    [InlineData("429", FailureKind.RateLimited)]
    [InlineData("500", FailureKind.Unavailable)]
    [InlineData("401", FailureKind.Unauthorized)]
    [InlineData("malformed", FailureKind.Malformed)]
    [InlineData("empty", FailureKind.Empty)]
    [InlineData("tags", FailureKind.Empty)]
    [InlineData("hang", FailureKind.TimedOut)]
    public async Task Answers_a_fault_of_the_provider_with_a_counted_failure_and_asks_once(string fault, FailureKind kind)
    {
        await using var server = await OpenAiServer.StartAsync();
        server.Then(fault switch
        {
            "malformed" => OpenAiAnswer.Body("{"),
            "empty" => OpenAiAnswer.NoChoice(),
            "tags" => OpenAiAnswer.Text("<INS></INS>"),
            "hang" => OpenAiAnswer.Hang(),
            _ => OpenAiAnswer.Status(int.Parse(fault)),
        });
        await using var service = Configured(server, ("Ipo:Captioner:OpenAI:Timeout", fault == "hang" ? "00:00:00.200" : "00:00:20"));
        using var metrics = new MetricRecorder(service.Services);

        var response = await DescribeAsync(service);

        Assert.Equal(kind, response.Failure?.Kind);
        Assert.Single(server.Requests);
        Assert.Equal([$"1 openai {kind}"], metrics.Of("ipo.provider.calls"));
        Assert.Empty(metrics.Of("ipo.captioner.described"));
    }

    [Fact]
    public async Task Answers_a_lost_scorer_with_a_failure()
    {
        await using var service = Embedded(new FakeClipScorer { Fault = StatusCode.Unavailable });

        Assert.Equal(FailureKind.Unavailable, (await DescribeAsync(service)).Failure?.Kind);
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await Client(service).GetCaptionerAsync(new(), cancellationToken: Cancel));
        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Contains("clip-scorer", refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_bad_image_with_its_reason_and_asks_nobody()
    {
        await using var server = await OpenAiServer.StartAsync();
        await using var service = Configured(server);

        foreach (var file in new[] { [], "text"u8.ToArray(), Pictures.Claiming(20_000, 20_000), Pictures.Plain(200, 200)[..200] })
        {
            var refusal = await Assert.ThrowsAsync<RpcException>(async () => await Client(service).DescribeImageAsync(new() { Content = ByteString.CopyFrom(file) }, cancellationToken: Cancel));
            Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
            Assert.StartsWith("content: the", refusal.Status.Detail, StringComparison.Ordinal);
        }
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Shows_its_key_nowhere()
    {
        await using var server = await OpenAiServer.StartAsync();
        server.Then(OpenAiAnswer.Status(401, $"Incorrect API key provided: {Key}"))
            .Then(OpenAiAnswer.Status(400, $"No such field for {Key}"))
            .Then(OpenAiAnswer.Body($"{Key}"))
            .Then(OpenAiAnswer.Text("A red thing."));
        using var spans = new SpanRecorder();
        await using var service = Configured(server);

        var shown = new List<string> { $"{await Client(service).GetCaptionerAsync(new(), cancellationToken: Cancel)}" };
        for (var call = 0; call < 4; call++) shown.Add($"{await DescribeAsync(service)}");

        Assert.Equal(4, server.Requests.Count(request => request.Authorization == $"Bearer {Key}"));
        Assert.Contains(spans.Spans, span => span.Contains("chat vision-1", StringComparison.Ordinal));
        Assert.All([.. shown, .. spans.Spans, .. service.Logs], text => Assert.DoesNotContain(Key, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Ipo:Captioner:Provider takes", "--Ipo:Captioner:Provider=openai")]
    [InlineData("Ipo:Captioner:Provider takes", "--Ipo:Captioner:Provider=blip")]
    [InlineData("Ipo:Captioner:OpenAI:MaxImageSide is 9; set it to", "--Ipo:Captioner:OpenAI:MaxImageSide=9")]
    [InlineData("Ipo:Captioner:OpenAI:JpegQuality is 0; set it to", "--Ipo:Captioner:OpenAI:JpegQuality=0")]
    [InlineData("Ipo:Captioner:OpenAI:Temperature is 3; set it to", "--Ipo:Captioner:OpenAI:Temperature=3")]
    [InlineData("Ipo:Captioner:OpenAI:Question takes", "--Ipo:Captioner:OpenAI:Question= ")]
    public async Task Does_not_start_with_a_wrong_setting_and_names_it(string message, string argument)
    {
        var (exit, error) = await ServiceProcess.RunAsync<CachingCaptioner>(argument, "--services:clip-scorer:grpc:0=http://127.0.0.1:1");

        Assert.Equal(1, exit);
        Assert.StartsWith($"captioner cannot start: {message}", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Service.CaptionerServiceClient Client(InProcessService<CachingCaptioner> service) => new(service.Channel);

    private static async Task<DescribeImageResponse> DescribeAsync(InProcessService<CachingCaptioner> service, params string[] classNames) =>
        await Client(service).DescribeImageAsync(new() { Content = ByteString.CopyFrom(File), ClassNames = { classNames } }, cancellationToken: Cancel);

    private static InProcessService<CachingCaptioner> Embedded(FakeClipScorer scorer) => new(
        new() { ["services:clip-scorer:grpc:0"] = "http://127.0.0.1:1" },
        services => services.AddSingleton<ClipScorerService.ClipScorerServiceClient>(scorer));

    private static InProcessService<CachingCaptioner> Configured(OpenAiServer server, params (string Path, string Value)[] more)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Ipo:Captioner:Provider"] = "openai",
            ["Ipo:Captioner:OpenAI:Endpoint"] = server.Endpoint.ToString(),
            ["Ipo:Captioner:OpenAI:Model"] = "vision-1",
            ["Ipo:Captioner:OpenAI:ApiKey"] = Key,
        };
        foreach (var (path, value) in more) settings[path] = value;
        return new(settings);
    }
}
