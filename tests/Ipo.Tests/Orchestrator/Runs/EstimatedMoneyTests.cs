using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Grpc.Net.Client;
using Ipo.Captioner;
using Ipo.PromptGen;
using Ipo.Providers;
using Ipo.Samples.Datasets;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using SkiaSharp;
using Xunit;

namespace Ipo.Tests.Orchestrator.Runs;

/// <summary>The money of an estimate beside what the run then spends: the real services ask a model that counts what it is
/// sent, at list prices.</summary>
public sealed class EstimatedMoneyTests(DrawnBirds birds) : IClassFixture<DrawnBirds>, IAsyncLifetime
{
    private const int Steps = 8;

    private readonly TempFolder _folder = new();
    private OpenAiServer _server = null!;
    private FakeServices _fakes = null!;
    private readonly ConcurrentDictionary<string, string> _templates = new(); // and the model that wrote each
    private int _answers;

    public async ValueTask InitializeAsync()
    {
        _server = await OpenAiServer.StartAsync();
        _server.Otherwise = OpenAiAnswer.From(Answer);
        _fakes = await FakeServices.StartAsync();
        Directory.CreateDirectory(Path.Combine(_folder, "data"));
    }

    public async ValueTask DisposeAsync()
    {
        await _fakes.DisposeAsync();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("gpt-4o-mini", "robust", "ipo")]
    [InlineData("claude-haiku-4-5", "robust", "ipo")]
    [InlineData("gemini-2.5-flash", "robust", "ipo")]
    [InlineData("gpt-4o-mini", "ipo-code", "ipo")]
    [InlineData("claude-haiku-4-5", "ipo-paper", "opro,evolve,ipo/no-history")]
    [InlineData("gemini-2.5-flash", "ipo-paper", "contrast")]
    public async Task Is_within_a_fifth_of_what_the_run_spends(string model, string preset, string proposers)
    {
        await using var promptGen = PromptGen(model);
        await using var captioner = Captioner(model);
        await using var lab = await StartAsync(promptGen.Channel, captioner.Channel);
        var settings = new V1.RunSettings
        {
            Dataset = "birds",
            Preset = preset,
            Steps = Steps,
            Shots = 3,
            Descriptions = true,
            Patience = 0,
            Classes = V1.ClassSelection.All,
        };
        settings.Ask(proposers);

        var estimate = await lab.Client.Runs.EstimateRunAsync(new() { Settings = settings }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(_server.Requests);
        await lab.CreateAsync(settings, "run");
        var run = (await lab.WatchAsync("run"))[^1];

        Assert.Equal((V1.RunState.Completed, Steps), (run.State, run.StepsCompleted));
        Assert.Empty(estimate.Warnings);
        var ratio = estimate.CostMicroUsd / (double)run.Spending.CostMicroUsd;
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{model}, {preset}, {proposers}: estimated {estimate.CostMicroUsd}, spent {run.Spending.CostMicroUsd} millionths, ratio {ratio:0.00}; "
                + $"tokens in {estimate.InputTokens} and {run.Spending.InputTokens}, out {estimate.OutputTokens} and {run.Spending.OutputTokens}"));
        Assert.InRange(ratio, 0.8, 1.2);
        Assert.InRange(estimate.InputTokens / (double)run.Spending.InputTokens, 0.8, 1.2);
        Assert.InRange(estimate.OutputTokens / (double)run.Spending.OutputTokens, 0.8, 1.2);
    }

    [Fact]
    public async Task Is_absent_where_a_paid_model_has_no_price_and_a_warning_says_what_to_set()
    {
        await using var promptGen = PromptGen("a-new-model");
        await using var captioner = Captioner("gpt-4o-mini");
        await using var lab = await StartAsync(promptGen.Channel, captioner.Channel);
        var settings = new V1.RunSettings { Dataset = "birds", Steps = Steps };
        settings.Ask("ipo,contrast");

        var estimate = await lab.Client.Runs.EstimateRunAsync(new() { Settings = settings }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.False(estimate.HasCostMicroUsd);
        Assert.Equal(
            "No price of the proposer's model a-new-model is known, so the run's cost is not estimated. Set "
                + "Ipo:PromptGen:OpenAI:InputPricePerMillionTokens and Ipo:PromptGen:OpenAI:OutputPricePerMillionTokens; a model that costs "
                + "nothing needs none.",
            Assert.Single(estimate.Warnings));
        Assert.Equal((false, 0.15, 0.6), (estimate.Proposers[0].HasInputPricePerMillionTokens, estimate.Captioner.InputPricePerMillionTokens, estimate.Captioner.OutputPricePerMillionTokens));

        settings.Ask("evolve");
        settings.Descriptions = false;
        var free = await lab.Client.Runs.EstimateRunAsync(new() { Settings = settings }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((true, 0, 0, 0), (free.HasCostMicroUsd, free.CostMicroUsd, free.InputTokens, free.OutputTokens));
    }

    [Fact]
    public async Task Two_models_share_a_run_each_at_its_prices_and_each_candidate_says_whose_it_is()
    {
        await using var promptGen = PromptGen("gpt-4o-mini", named: "claude-haiku-4-5");
        await using var captioner = Captioner("gpt-4o-mini");
        await using var lab = await StartAsync(promptGen.Channel, captioner.Channel);
        var settings = new V1.RunSettings
        {
            Dataset = "birds",
            Preset = "ipo-paper",
            Steps = Steps,
            Shots = 3,
            Descriptions = false,
            Patience = 0,
            Classes = V1.ClassSelection.All,
        };
        settings.Ask("ipo,ipo@fast");

        var estimate = await lab.Client.Runs.EstimateRunAsync(new() { Settings = settings }, cancellationToken: TestContext.Current.CancellationToken);
        await lab.CreateAsync(settings, "run");
        var run = (await lab.WatchAsync("run"))[^1];
        var report = (await lab.Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal((V1.RunState.Completed, "", Steps), (run.State, report.Report is null ? "none" : "", run.StepsCompleted));
        Assert.Equal(
            [("ipo", "gpt-4o-mini", "", 0.15), ("ipo@fast", "claude-haiku-4-5", "fast", 1.0)],
            estimate.Proposers.Select(one => (one.Name, one.Model, one.NamedModel, one.InputPricePerMillionTokens)));
        // Half of the questions each, and the model that was asked is the one that the report names.
        var asked = _server.Requests.CountBy(request => request.Model).ToDictionary();
        Assert.Equal((run.Spending.Calls / 2, run.Spending.Calls / 2), (asked["gpt-4o-mini"], asked["claude-haiku-4-5"]));
        Assert.InRange(estimate.CostMicroUsd / (double)run.Spending.CostMicroUsd, 0.8, 1.2);
        Assert.Equal(
            [("ipo", "gpt-4o-mini", asked["gpt-4o-mini"]), ("ipo@fast", "claude-haiku-4-5", asked["claude-haiku-4-5"])],
            report.Report!.ProposerShares.Select(share => (share.Proposer, share.Model, share.Answers)));
        Assert.Contains("| ipo@fast (claude-haiku-4-5) |", report.Markdown, StringComparison.Ordinal);
        var byModel = _templates.ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.All(report.Report.Trajectory.Skip(1), scored => Assert.Equal(byModel[scored.Template], scored.Model));
        Assert.Equal(2, report.Report.Trajectory.Skip(1).Select(scored => (scored.Proposer, scored.Model)).Distinct().Count());
    }

    private async Task<OrchestratorLab> StartAsync(GrpcChannel promptGen, GrpcChannel captioner)
    {
        var lab = await OrchestratorLab.StartAsync(
            _folder, _fakes, options: set => set.DatasetRoots.Add(birds.Root),
            services: services => services
                .AddSingleton(new V1.PromptGenService.PromptGenServiceClient(promptGen))
                .AddSingleton(new V1.CaptionerService.CaptionerServiceClient(captioner)));
        await lab.RegisterAsync(birds.Folder);
        return lab;
    }

    // The stand-in is reached as a proxy for another host: a server on this machine charges nothing.
    private InProcessService<Proposers> PromptGen(string model, string? named = null)
    {
        var options = new ChatEndpointOptions { Endpoint = "http://gateway.example/v1", Model = model };
        var settings = new Dictionary<string, string?>
        {
            ["Ipo:PromptGen:OpenAI:Endpoint"] = options.Endpoint,
            ["Ipo:PromptGen:OpenAI:Model"] = model,
        };
        if (named is not null)
        {
            settings["Ipo:PromptGen:Models:fast:Endpoint"] = options.Endpoint;
            settings["Ipo:PromptGen:Models:fast:Model"] = named;
        }
        return new(settings, services =>
        {
            services.AddSingleton(Endpoint(options));
            if (named is not null) services.AddKeyedSingleton("fast", Endpoint(options with { Model = named }));
        });
    }

    private InProcessService<OpenAiCaptionerOptions> Captioner(string model)
    {
        var options = new OpenAiCaptionerOptions { Endpoint = "http://gateway.example/v1", Model = model };
        return new(
            new()
            {
                ["Ipo:Captioner:Provider"] = "openai",
                ["Ipo:Captioner:OpenAI:Endpoint"] = options.Endpoint,
                ["Ipo:Captioner:OpenAI:Model"] = model,
            },
            services => services.AddSingleton(Endpoint(options)));
    }

    private ChatEndpoint Endpoint(ChatEndpointOptions options) =>
        new(options, "Ipo:Test", TimeProvider.System, new WebProxy($"http://127.0.0.1:{_server.Endpoint.Port}"));

    private OpenAiAnswer Answer(OpenAiRequest request)
    {
        var number = Interlocked.Increment(ref _answers);
        var text = request.ImageUrl is null ? Templates(request.Text, number) : Description(number);
        foreach (var template in text.Split("<INS>").Skip(1)) _templates[template.Split("</INS>")[0]] = request.Model;
        var input = Tokens(request.Text) + (request.ImageUrl is { } url ? ImageTokens(request.Model, url) : 0);
        return OpenAiAnswer.Text(text, inputTokens: input, outputTokens: Tokens(text));
    }

    private static int Tokens(string text) => (int)Math.Ceiling(text.Length / 4.0);

    // As the makers say they count.
    private static int ImageTokens(string model, string url)
    {
        using var picture = SKBitmap.Decode(Convert.FromBase64String(url["data:image/jpeg;base64,".Length..]));
        Assert.InRange(Math.Max(picture.Width, picture.Height), 1, 512); // one tile
        return model switch
        {
            "gpt-4o-mini" => 2833 + 5667,
            "claude-haiku-4-5" => picture.Width * picture.Height / 750,
            "gemini-2.5-flash" => 258,
            _ => throw new ArgumentOutOfRangeException(nameof(model), model, null),
        };
    }

    // As many as are asked for, all different, of the lengths that language models write.
    private static string Templates(string instruction, int number)
    {
        string[] forms =
        [
            "a chalk drawing of a <CLASS> in profile, number {0}.", "a detailed picture of a <CLASS>, white lines on a dark board, {0}.",
            "a hand-drawn sketch of a <CLASS> with clear outlines, no. {0}.", "an image of a <CLASS> drawn with rough strokes of chalk on slate, {0}.",
        ];
        var asked = instruction.Contains("Write a new template", StringComparison.Ordinal) ? 1
            : int.Parse(instruction.Split("Write ")[^1].Split(' ')[0], CultureInfo.InvariantCulture);
        return string.Join('\n', Enumerable.Range(0, asked).Select(
            place => $"<INS>{string.Format(CultureInfo.InvariantCulture, forms[(number + place) % forms.Length], (100 * number) + place)}</INS>"));
    }

    // Of about 300 characters and as different as pictures are: what is alike is shown once.
    private static string Description(int number)
    {
        string[] media = ["A chalk drawing on a dark green board", "A rough white sketch upon slate", "Pastel lines over black paper", "A dusty street painting"];
        string[] views =
        [
            "the object stands in profile and fills most of the frame", "seen from above, it sits low near one corner",
            "it faces the viewer, small and centred", "half of it leaves the picture on the right", "it turns away with its back towards us",
        ];
        string[] lines =
        [
            "its outline has thick strokes with a little yellow", "thin blue contours shape every feather", "orange hatching suggests volume and weight",
        ];
        string[] grounds =
        [
            "The background is plain and evenly lit, with smudges near the edges", "Behind lies an empty night sky full of grain",
            "Vertical scratches run through a grey haze", "Warm evening light falls from the left onto bare ground", "A few reeds and pale water surround everything",
            "Nothing else appears besides a faint horizon", "Tiles of a pavement show between colours",
        ];
        string[] bodies = ["The head is round, the body plump and both legs are thin", "A long curved neck ends in one sharp beak", "Wings hang wide open like torn sails"];
        return $"{media[number % 4]}: {views[number % 5]}; {lines[number % 3]}. {grounds[number % 7]}. {bodies[(number + number / 3) % 3]}. "
            + $"Seen closely, mark {number} is blurred.";
    }
}

/// <summary>Drawn pictures of a camera's size, made once.</summary>
public sealed class DrawnBirds : IDisposable
{
    public DrawnBirds()
    {
        Root = new();
        SampleDataset.Draw(new(["chalk"], ["bird"]) { CountPerClass = 12, Size = 512, Classes = ["owl", "heron", "penguin"] }, Folder);
    }

    internal TempFolder Root { get; }

    /// <summary>Where they are.</summary>
    public string Folder => Path.Combine(Root, "birds");

    public void Dispose() => Root.Dispose();
}
