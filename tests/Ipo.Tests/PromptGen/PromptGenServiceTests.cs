using Grpc.Core;
using Ipo.PromptGen;
using Ipo.Tests.ClipScorer.Embeddings;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;
using Service = Ipo.V1.PromptGenService;

namespace Ipo.Tests.PromptGen;

public sealed partial class PromptGenServiceTests
{
    private const string Key = "sk-canary-prompt-gen-77e2";

    [Fact]
    public async Task Offers_the_embedded_ones_where_nothing_is_configured()
    {
        await using var service = new InProcessService<Proposers>();

        var proposers = (await Client(service).ListProposersAsync(new(), cancellationToken: Cancel)).Proposers;

        Assert.Equal("evolve", proposers[0].Name);
        Assert.Equal(Proposers.Rules.Select(rules => rules.About).OrderBy(about => about.Name), proposers.OrderBy(about => about.Name));
        Assert.All(proposers, about => Assert.True(about is { Embedded: true, Paid: false }));
        Assert.True(proposers.Single(about => about.Name == "evolve").SeesImages);
        Assert.False(proposers.Single(about => about.Name == "random-words").SeesImages);
    }

    [Theory]
    [InlineData("reflect")]
    [InlineData("a-strategy-of-tomorrow")]
    public async Task Puts_the_instruction_of_any_strategy_to_the_same_language_model(string name)
    {
        await using var server = await OpenAiServer.StartAsync();
        server.Then(OpenAiAnswer.Candidates(1));
        await using var service = Configured(server);

        var response = await Client(service).ProposeTemplatesAsync(Request(name), cancellationToken: Cancel);

        Assert.Equal((name, "model-1", "The whole instruction."), (response.Proposer, response.Model, server.Request.Text));
    }

    [Fact]
    public async Task Puts_in_random_words_by_name()
    {
        await using var service = new InProcessService<Proposers>();

        var response = await Client(service).ProposeTemplatesAsync(Request("random-words"), cancellationToken: Cancel);

        Assert.Equal(("random-words", "random-words-1"), (response.Proposer, response.Model));
        Assert.Equal(5, response.Answer.Split("<INS>").Length - 1);
    }

    [Theory]
    [InlineData("openai", "openai")]
    [InlineData("reflect", "reflect")]
    [InlineData("random-words", "openai")]
    public async Task Offers_the_language_model_once_and_the_default_first(string provider, string modelsName)
    {
        await using var server = await OpenAiServer.StartAsync();
        await using var service = Configured(server, ("Ipo:PromptGen:Provider", provider));

        var proposers = (await Client(service).ListProposersAsync(new(), cancellationToken: Cancel)).Proposers;

        Assert.Equal(provider, proposers[0].Name);
        var model = Assert.Single(proposers, about => !about.Embedded);
        Assert.Equal((modelsName, "model-1", true), (model.Name, model.Model, model.Paid));
    }

    [Fact]
    public async Task Says_the_prices_by_which_it_counts_where_there_are_any()
    {
        await using var server = await OpenAiServer.StartAsync();
        await using var priced = Configured(server, ("Ipo:PromptGen:OpenAI:InputPricePerMillionTokens", "0.15"), ("Ipo:PromptGen:OpenAI:OutputPricePerMillionTokens", "0.6"));
        await using var unpriced = Configured(server);

        var about = (await Client(priced).ListProposersAsync(new(), cancellationToken: Cancel)).Proposers;
        var without = (await Client(unpriced).ListProposersAsync(new(), cancellationToken: Cancel)).Proposers;

        var model = Assert.Single(about, proposer => proposer.HasInputPricePerMillionTokens && proposer.HasOutputPricePerMillionTokens);
        Assert.Equal(("openai", 0.15, 0.6), (model.Name, model.InputPricePerMillionTokens, model.OutputPricePerMillionTokens));
        Assert.DoesNotContain(without, proposer => proposer.HasInputPricePerMillionTokens || proposer.HasOutputPricePerMillionTokens);
    }

    [Fact]
    public async Task An_empty_name_is_the_default_ones()
    {
        await using var server = await OpenAiServer.StartAsync();
        server.Then(OpenAiAnswer.Candidates(1));
        await using var service = Configured(server, ("Ipo:PromptGen:Provider", "reflect"));

        Assert.Equal("reflect", (await Client(service).ProposeTemplatesAsync(Request(), cancellationToken: Cancel)).Proposer);
    }

    [Fact]
    public async Task Evolves_templates_by_default()
    {
        await using var service = new InProcessService<Proposers>();

        var response = await Client(service).ProposeTemplatesAsync(Request(), cancellationToken: Cancel);

        Assert.Equal(("evolve", "evolve-4"), (response.Proposer, response.Model));
        Assert.Equal(5, response.Answer.Split("<INS>").Length - 1);
        Assert.Equal((0, 0, 0), (response.Usage.InputTokens, response.Usage.OutputTokens, response.Usage.CostMicroUsd));
    }

    [Fact]
    public async Task Puts_the_instruction_to_the_language_model_once()
    {
        await using var server = await OpenAiServer.StartAsync();
        server.Then(OpenAiAnswer.Candidates(200));
        await using var service = Configured(server);

        var response = await Client(service).ProposeTemplatesAsync(Request("openai", request => (request.Temperature, request.MaxOutputTokens) = (1.0, 400)), cancellationToken: Cancel);

        var sent = server.Request;
        Assert.Equal(("model-1", $"Bearer {Key}", "The whole instruction."), (sent.Model, sent.Authorization, sent.Text));
        Assert.Equal((1.0, 400, 42), (sent.Body.GetProperty("temperature").GetDouble(), sent.Body.GetProperty("max_completion_tokens").GetInt32(), sent.Body.GetProperty("seed").GetInt64()));
        Assert.Equal(200, response.Answer.Split("<INS>").Length - 1);
        Assert.Equal(("openai", "model-1", 11, 7), (response.Proposer, response.Model, response.Usage.InputTokens, response.Usage.OutputTokens));
    }

    [Fact]
    public async Task Buys_the_answer_to_an_equal_question_once()
    {
        await using var server = await OpenAiServer.StartAsync();
        await using var service = Configured(server);
        using var metrics = new MetricRecorder(service.Services);

        var first = await Client(service).ProposeTemplatesAsync(Request("openai"), cancellationToken: Cancel);
        var again = await Client(service).ProposeTemplatesAsync(Request("opro"), cancellationToken: Cancel);

        Assert.Equal((false, true), (first.Cached, again.Cached));
        Assert.Equal((first.Answer, "model-1", "opro", 0, 0), (again.Answer, again.Model, again.Proposer, again.Usage.InputTokens, again.Usage.CostMicroUsd));
        Assert.Single(server.Requests);
        Assert.Equal(["1 openai ok"], metrics.Of("ipo.provider.calls"));
    }

    public static TheoryData<Action<ProposeTemplatesRequest>> Differences => new()
    {
        request => request.Instruction = "Another.",
        request => request.Seed = 43,
        request => request.Temperature = 0.5,
        request => request.MaxOutputTokens = 9,
    };

    [Theory]
    [MemberData(nameof(Differences))]
    public async Task Buys_the_answer_to_any_other_question(Action<ProposeTemplatesRequest> change)
    {
        await using var server = await OpenAiServer.StartAsync();
        await using var service = Configured(server);
        await Client(service).ProposeTemplatesAsync(Request("openai"), cancellationToken: Cancel);

        Assert.False((await Client(service).ProposeTemplatesAsync(Request("openai", change), cancellationToken: Cancel)).Cached);
    }

    [Fact]
    public async Task Keeps_no_failure_and_nothing_at_all_where_it_is_switched_off()
    {
        await using var server = await OpenAiServer.StartAsync();
        server.Then(OpenAiAnswer.NoChoice());
        await using var service = Configured(server);
        await using var forgetful = Configured(server, ("Ipo:PromptGen:KeepAnswers", "false"));

        foreach (var asked in new[] { service, service, forgetful, forgetful })
            Assert.False((await Client(asked).ProposeTemplatesAsync(Request("openai"), cancellationToken: Cancel)).Cached);

        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task Another_replica_finds_a_kept_answer_in_Redis()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var server = await OpenAiServer.StartAsync();
        await using (var first = Configured(server, ("ConnectionStrings:redis", redis.ConnectionString)))
            await Client(first).ProposeTemplatesAsync(Request("openai"), cancellationToken: Cancel);
        await using var second = Configured(server, ("ConnectionStrings:redis", redis.ConnectionString));

        Assert.True((await Client(second).ProposeTemplatesAsync(Request("openai"), cancellationToken: Cancel)).Cached);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Reports_another_model_than_the_asked_one_as_it_is()
    {
        await using var server = await OpenAiServer.StartAsync();
        server.Then(OpenAiAnswer.Text("<INS>a <CLASS></INS>", model: "cheaper-model"));
        await using var service = Configured(server);

        Assert.Equal("cheaper-model", (await Client(service).ProposeTemplatesAsync(Request("openai"), cancellationToken: Cancel)).Model);
    }

    public static TheoryData<string, FailureKind> Faults => new()
    {
        { "429", FailureKind.RateLimited }, { "500", FailureKind.Unavailable }, { "401", FailureKind.Unauthorized }, { "400", FailureKind.Rejected },
        { "malformed", FailureKind.Malformed }, { "empty", FailureKind.Empty }, { "hang", FailureKind.TimedOut }, { "break", FailureKind.Unavailable },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Answers_a_fault_of_the_provider_with_a_counted_failure_and_asks_once(string fault, FailureKind kind)
    {
        await using var server = await OpenAiServer.StartAsync();
        server.Then(fault switch
        {
            "malformed" => OpenAiAnswer.Body("<html>"),
            "empty" => OpenAiAnswer.NoChoice(),
            "hang" => OpenAiAnswer.Hang(),
            "break" => OpenAiAnswer.Break(),
            _ => OpenAiAnswer.Status(int.Parse(fault), retryAfter: "3"),
        });
        await using var service = Configured(server, ("Ipo:PromptGen:OpenAI:Timeout", fault == "hang" ? "00:00:00.200" : "00:00:20"));
        using var metrics = new MetricRecorder(service.Services);

        var response = await Client(service).ProposeTemplatesAsync(Request("openai"), cancellationToken: Cancel);

        Assert.Equal(kind, response.Failure?.Kind);
        if (fault == "429") Assert.Equal(3, response.Failure?.RetryAfter?.Seconds);
        Assert.Single(server.Requests);
        Assert.Equal([$"1 openai {kind}"], metrics.Of("ipo.provider.calls"));
    }

    [Fact]
    public async Task Returns_an_answer_without_tags_as_it_is()
    {
        await using var server = await OpenAiServer.StartAsync();
        server.Then(OpenAiAnswer.Text("I would use a photo."));
        await using var service = Configured(server);

        Assert.Equal("I would use a photo.", (await Client(service).ProposeTemplatesAsync(Request("openai"), cancellationToken: Cancel)).Answer);
    }

    [Fact]
    public async Task Says_what_to_set_when_openai_is_asked_for_and_not_configured()
    {
        await using var service = new InProcessService<Proposers>();

        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await Client(service).ProposeTemplatesAsync(Request("openai"), cancellationToken: Cancel));

        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
        Assert.Contains("set Ipo:PromptGen:OpenAI:Model, and Ipo:PromptGen:OpenAI:ApiKey", refusal.Status.Detail, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<ProposeTemplatesRequest>> BadRequests => new()
    {
        { "candidate_count", request => request.CandidateCount = 0 },
        { "candidate_count", request => request.CandidateCount = 65 },
        { "temperature", request => request.Temperature = 2.1 },
        { "temperature", request => request.Temperature = double.NaN },
        { "max_output_tokens", request => request.MaxOutputTokens = 0 },
        { "memory[1].template", request => request.Memory.Add([new() { Template = "<CLASS>" }, new() { Template = "a photo." }]) },
        { "memory[0].template", request => request.Memory.Add(new RememberedTemplate { Template = "<CLASS> <CLASS>" }) },
        { "memory[0].accuracy", request => request.Memory.Add(new RememberedTemplate { Template = "<CLASS>", Accuracy = 40 }) },
        { "memory[0].loss", request => request.Memory.Add(new RememberedTemplate { Template = "<CLASS>", Loss = double.NaN }) },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task Names_the_field_that_is_wrong(string field, Action<ProposeTemplatesRequest> spoil)
    {
        await using var service = new InProcessService<Proposers>();

        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await Client(service).ProposeTemplatesAsync(Request("", spoil), cancellationToken: Cancel));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith(field, refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demands_an_instruction_of_nobody_but_a_language_model()
    {
        await using var server = await OpenAiServer.StartAsync();
        await using var service = Configured(server);

        foreach (var rules in Proposers.Rules)
        {
            var answered = await Client(service).ProposeTemplatesAsync(Request(rules.About.Name, request => request.Instruction = ""), cancellationToken: Cancel);
            Assert.Contains("<INS>", answered.Answer, StringComparison.Ordinal);
        }
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await Client(service).ProposeTemplatesAsync(
            Request("openai", request => request.Instruction = " "), cancellationToken: Cancel));
        Assert.Equal((StatusCode.InvalidArgument, "instruction is empty; it takes the whole text for the proposer."), (refusal.StatusCode, refusal.Status.Detail));
    }

    [Fact]
    public async Task Shows_its_key_nowhere()
    {
        await using var server = await OpenAiServer.StartAsync();
        server.Then(OpenAiAnswer.Text("<INS>a <CLASS></INS>"))
            .Then(OpenAiAnswer.Status(401, $"Incorrect API key provided: {Key}"))
            .Then(OpenAiAnswer.Status(400, $"No such field for {Key}"))
            .Then(OpenAiAnswer.Status(500, body: $"<html>{Key}</html>"))
            .Then(OpenAiAnswer.Body($"{{\"error\":\"{Key}\"}}"))
            .Then(OpenAiAnswer.Break())
            .Then(OpenAiAnswer.Hang());
        using var spans = new SpanRecorder();
        await using var service = Configured(server, ("Ipo:PromptGen:OpenAI:Timeout", "00:00:01"));
        var client = Client(service);

        var shown = new List<string> { $"{await client.ListProposersAsync(new(), cancellationToken: Cancel)}" };
        for (var call = 0; call < 7; call++) shown.Add($"{await client.ProposeTemplatesAsync(Request("openai", request => request.Seed = call), cancellationToken: Cancel)}");
        shown.Add($"{await Assert.ThrowsAsync<RpcException>(async () => await client.ProposeTemplatesAsync(new(), cancellationToken: Cancel))}");

        Assert.Equal(7, server.Requests.Count(request => request.Authorization == $"Bearer {Key}"));
        Assert.Contains(spans.Spans, span => span.Contains("chat model-1", StringComparison.Ordinal));
        Assert.NotEmpty(service.Logs);
        Assert.All([.. shown, .. spans.Spans, .. service.Logs], text => Assert.DoesNotContain(Key, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Ipo:PromptGen:Provider", "openai", "takes 'evolve', 'random-words'")]
    [InlineData("Ipo:PromptGen:Provider", "gpt", "takes 'evolve', 'random-words'")]
    [InlineData("Ipo:PromptGen:OpenAI:Timeout", "00:00:00", "is 00:00:00; set it to 00:00:00.0010000 up to 01:00:00")]
    [InlineData("Ipo:PromptGen:OpenAI:Endpoint", "localhost:1234/v1", "takes an http or https address")]
    [InlineData("Ipo:PromptGen:Models:fast:Timeout", "00:00:00", "is 00:00:00; set it to 00:00:00.0010000 up to 01:00:00")]
    public async Task Does_not_start_with_a_wrong_setting_and_names_it(string path, string value, string problem)
    {
        var (exit, error) = await ServiceProcess.RunAsync<Proposers>($"--{path}={value}");

        Assert.Equal(1, exit);
        Assert.StartsWith($"prompt-gen cannot start: {path} {problem}", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Service.PromptGenServiceClient Client(InProcessService<Proposers> service) => new(service.Channel);

    private static InProcessService<Proposers> Configured(OpenAiServer server, params (string Path, string Value)[] more)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Ipo:PromptGen:OpenAI:Endpoint"] = server.Endpoint.ToString(),
            ["Ipo:PromptGen:OpenAI:Model"] = "model-1",
            ["Ipo:PromptGen:OpenAI:ApiKey"] = Key,
        };
        foreach (var (path, value) in more) settings[path] = value;
        return new(settings);
    }

    private static ProposeTemplatesRequest Request(string proposer = "", Action<ProposeTemplatesRequest>? change = null)
    {
        var request = new ProposeTemplatesRequest { Proposer = proposer, Instruction = "The whole instruction.", CandidateCount = 5, Seed = 42 };
        change?.Invoke(request);
        return request;
    }
}
