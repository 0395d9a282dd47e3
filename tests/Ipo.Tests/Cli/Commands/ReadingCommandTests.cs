using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Commands;

/// <summary>The commands that ask once and print: report, evaluate, datasets and model.</summary>
public sealed class ReadingCommandTests : CommandTest
{
    [Fact]
    public async Task A_report_is_printed_as_the_orchestrator_wrote_it()
    {
        Orchestrator.Report = Runs.Report;
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("report", "r1"));
        Assert.Equal(Runs.Report.Markdown, line.Out);
        Assert.Equal("r1", Orchestrator.Requests.OfType<GetRunReportRequest>().Single().RunId);
    }

    [Fact]
    public async Task A_report_can_go_to_a_file_and_to_standard_output_as_json()
    {
        Orchestrator.Report = Runs.Report;
        var file = Path.Combine(Directory.CreateTempSubdirectory("ipo-cli-").FullName, "r.md");
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("report", "r1", "--output", file, "--json"));
        Assert.Equal(Runs.Report.Markdown, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.StartsWith("{", line.Out, StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public async Task A_refusal_of_a_report_is_in_the_orchestrators_words()
    {
        Orchestrator.Faults["GetRunReport"] = new(new(StatusCode.FailedPrecondition, "Dataset 'tiny' is not in this database."));
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("report", "r1"));
        Assert.Equal("ipo: Dataset 'tiny' is not in this database.\nNext: ipo report --help\n", line.Error);
    }

    [Fact]
    public async Task Templates_are_evaluated_and_a_refused_one_is_an_error_beside_the_others()
    {
        Orchestrator.Evaluation = new()
        {
            Results =
            {
                new EvaluatedTemplate { PromptSet = Prompts.Set("a photo of a <CLASS>."), Score = new() { Accuracy = 0.9123, AccuracyLow = 0.89, AccuracyHigh = 0.93, Loss = 0.2504, Images = 1200, Classes = 50 }, Repaired = { new RepairedTemplate { Template = "a photo of a <CLASS>.", ReadAs = "the <CLASS>." } } },
                new EvaluatedTemplate { PromptSet = Prompts.Set("a photo."), Refusal = "It has no <CLASS>." },
            },
            Model = new() { Name = "ipo-tiny", ExecutionProvider = "cpu", Precision = "fp32" },
        };
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("evaluate", "flowers", "-t", "a photo of a <CLASS>.", "--template", "a photo.", "--split", "validation", "--classes", "novel", "--shots", "4", "--seed", "9"));
        Assert.Equal(
            """
            ACCURACY  95 % INTERVAL     LOSS   IMAGES  CLASSES  TEMPLATE
            91.2 %    89.0 % to 93.0 %  0.250  1,200   50       a photo of a <CLASS>.

            """, line.Out);
        Assert.Equal("The checkpoint's tokenizer repairs text: 'a photo of a <CLASS>.' is scored as 'the <CLASS>.'.\nScored by ipo-tiny (cpu, fp32).\nipo: 'a photo.' was not scored: It has no <CLASS>.\n", line.Error);
        Assert.Equal(
            new EvaluateTemplatesRequest { Dataset = "flowers", PromptSets = { Prompts.Sets("a photo of a <CLASS>.", "a photo.") }, Split = Split.Validation, Classes = EvaluatedClasses.Novel, Shots = 4, Seed = 9 },
            Orchestrator.Requests.OfType<EvaluateTemplatesRequest>().Single());
    }

    [Theory]
    [InlineData("", Split.Validation, EvaluatedClasses.All)]
    [InlineData("--split train --classes base", Split.Train, EvaluatedClasses.Base)]
    [InlineData("--split test --classes all", Split.Test, EvaluatedClasses.All)]
    public async Task Templates_are_evaluated_on_the_whole_validation_split_unless_told_otherwise(string options, Split split, EvaluatedClasses classes)
    {
        Assert.Equal(ExitCode.Done, await Line().RunAsync(["evaluate", "flowers", "-t", "<CLASS>", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]));
        Assert.Equal(
            new EvaluateTemplatesRequest { Dataset = "flowers", PromptSets = { Prompts.Sets("<CLASS>") }, Split = split, Classes = classes },
            Orchestrator.Requests.OfType<EvaluateTemplatesRequest>().Single());
    }

    [Fact]
    public async Task Datasets_are_listed_registered_and_shown()
    {
        Orchestrator.Dataset = new()
        {
            Name = "flowers",
            Path = "/data/flowers",
            Layout = "folder",
            Digest = "0123",
            ClassNames = { "daisy", "rose" },
            TrainImages = 1200,
            ValidationImages = 40,
            TestImages = 80,
            HandWrittenTemplate = "a <CLASS>, a flower.",
            Warnings = { "2 files were skipped." },
            RegisteredAt = Timestamp.FromDateTime(new(2025, 3, 1, 12, 0, 0, DateTimeKind.Utc)),
        };
        var (list, register, show) = (Line(), Line(), Line());
        Assert.Equal(ExitCode.Done, await list.RunAsync("datasets"));
        Assert.Equal(ExitCode.Done, await register.RunAsync("datasets", "register", "flowers/", "--name", "f", "--template", "<CLASS>"));
        Assert.Equal(ExitCode.Done, await show.RunAsync("datasets", "show", "flowers"));
        Assert.Equal(
            """
            DATASET  CLASSES  TRAIN  VALIDATION  TEST  LAYOUT  PATH
            flowers  2        1,200  40          80    folder  /data/flowers

            """, list.Out);
        Assert.Equal("flowers\n", register.Out);
        Assert.Equal("Dataset 'flowers': 2 classes, 1,200 training, 40 validation and 80 test images.\nWarning: 2 files were skipped.\n", register.Error);
        Assert.Equal("Warning: flowers: 2 files were skipped.\n", list.Error);
        Assert.Equal(new RegisterDatasetRequest { Name = "f", Path = "flowers/", HandWrittenTemplate = "<CLASS>" }, Orchestrator.Requests.OfType<RegisterDatasetRequest>().Single());
        Assert.Equal(
            """
            DATASET     flowers
            Path        /data/flowers
            Layout      folder
            Contents    2 classes, 1,200 training, 40 validation and 80 test images
            Digest      0123
            Registered  2025-03-01 12:00Z
            Template    a <CLASS>, a flower.
            Classes     daisy, rose
            Warning     2 files were skipped.

            """, show.Out);
    }

    [Fact]
    public async Task The_model_is_shown_with_all_that_would_run()
    {
        Orchestrator.Facts = new()
        {
            Model = new()
            {
                Name = "ipo-tiny",
                Digest = "0123",
                EmbeddingDimension = 128,
                ImageSize = 64,
                ContextLength = 77,
                LogitScale = 100.0,
                ExecutionProvider = "cpu",
                Precision = "fp32",
                PreprocessingVersion = "pillow-1",
                ParityAgainst = "reference.json",
                ParityLargestError = 2.3e-6,
                Device = "CPU, 8 threads",
            },
            Proposers = { new Proposer { Name = "evolve", Model = "rules-1" }, new Proposer { Name = "openai", Model = "gpt-4o-mini", Paid = true } },
            Captioner = new() { Name = "attributes", Model = "ipo-tiny", Embedded = true },
            Presets = { "ipo-paper", "ipo-code" },
            DatasetRoots = { "/data", "/photos" },
            IpoVersion = "0.1.0",
        };
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("model"));
        Assert.Equal(
            $"""
            CHECKPOINT    ipo-tiny
            Digest        0123
            Runs on       cpu, fp32 (CPU, 8 threads)
            Takes         images of 64 x 64 pixels (pillow-1), texts of at most 77 tokens
            Gives         embeddings of 128 numbers, logit scale 100
            Parity        largest error 2.3e-6 against reference.json
            Proposers     evolve (rules-1), openai (gpt-4o-mini, paid)
            Captioner     attributes (ipo-tiny)
            Presets       ipo-paper, ipo-code
            Dataset root  /data
            Dataset root  /photos
            Orchestrator  Ipo 0.1.0 at {Orchestrator.Address}/

            """, line.Out);
    }

    [Fact]
    public async Task A_model_whose_probabilities_are_of_each_class_alone_is_shown_with_its_bias()
    {
        Orchestrator.Facts = new() { Model = new() { Name = "siglip", EmbeddingDimension = 768, LogitScale = 117.33, LogitBias = -12.93, Probability = ZeroShotProbability.Sigmoid } };
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("model"));
        Assert.Contains("embeddings of 768 numbers, logit scale 117.33 and bias -12.93, probabilities of each class alone", line.Out, StringComparison.Ordinal);
    }
}
