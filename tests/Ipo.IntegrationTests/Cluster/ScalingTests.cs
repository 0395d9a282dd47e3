using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Net.Client;
using Ipo.Benchmarks;
using Ipo.Benchmarks.Workload;
using Ipo.IntegrationTests.Faults;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.IntegrationTests.Cluster;

/// <summary>One request of many templates over one, two and three real scorers of one thread each, on a core of their own as far as there are cores.
/// <c>IPO_FAULTS=full</c> takes towers of B/32's shape and holds what two cores give; what more replicas give is simulated in ReplicaScoringTests.</summary>
public sealed class ScalingTests(ITestOutputHelper output)
{
    private static readonly int Templates = Scale.IsFull ? 256 : 24, Cores = Environment.ProcessorCount;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scores_are_the_same_with_any_number_of_scorers_come_sooner_with_more_and_none_is_lost_when_one_dies()
    {
        using var folder = new TempFolder();
        using var checkpoint = Scale.IsFull ? BenchmarkCheckpoint.Create(TowerShape.Named("B/32")) : null;
        var datasets = Path.Combine(folder, "datasets");
        await BuiltPrograms.DrawAsync(Path.Combine(datasets, "drawn"), Cancellation, "--style", "chalk", "--category", "bird", "--count", "4");
        var scorers = Enumerable.Range(0, 3).Select(number => ServiceProcess.Of($"clip-scorer-{number}", "ClipScorer", Settings(), Pinned(number))).ToList();
        var settings = new Dictionary<string, string>
        {
            ["IPO_BIND"] = "loopback",
            ["Ipo__Orchestrator__DatasetRoots__0"] = datasets,
            ["Ipo__Orchestrator__DataDirectory"] = Path.Combine(folder, "data"),
            // Nobody is asked to propose or describe anything.
            ["services__prompt-gen__grpc__0"] = "http://127.0.0.1:1",
            ["services__captioner__grpc__0"] = "http://127.0.0.1:1",
        };
        foreach (var (number, scorer) in scorers.Index()) settings[$"services__clip-scorer__grpc__{number}"] = $"http://127.0.0.1:{Text(scorer.Grpc)}";
        var orchestrator = ServiceProcess.Of("orchestrator", "Orchestrator", settings);
        try
        {
            await scorers[0].StartAsync(Cancellation);
            await orchestrator.StartAsync(Cancellation);
            using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Text(orchestrator.Grpc)}");
            var client = new IpoClient(channel);
            await client.Datasets.RegisterDatasetAsync(new() { Name = "drawn", Path = Path.Combine(datasets, "drawn") }, cancellationToken: Cancellation);
            var (rates, first) = (new List<double>(), new List<(double, double)>());
            for (var count = 1; count <= scorers.Count; count++)
            {
                // All anew: what one has scored it would give again.
                foreach (var scorer in scorers) await scorer.TerminateAsync(Cancellation);
                foreach (var scorer in scorers.Take(count)) await scorer.StartAsync(Cancellation);
                await UntilAllKnowTheImagesAsync(client, scorers.Take(count).ToList(), datasets, $"warm {count}");
                var began = Stopwatch.GetTimestamp();
                var scores = await EvaluateAsync(client, "a photo", Templates);
                var rate = Templates / Stopwatch.GetElapsedTime(began).TotalSeconds;
                rates.Add(rate);
                output.WriteLine($"{count} scorers of one thread on {Cores} cores: {rate:0.0} templates a second, {rate / rates[0] / Math.Min(count, Cores):0.00} of linear in cores");
                if (count == 1) first = scores;
                Assert.Equal(first, scores);
            }
            var dying = EvaluateAsync(client, "a drawing", Templates * 2);
            await Task.Delay(TimeSpan.FromSeconds(Templates / rates[^1] / 2), Cancellation);
            scorers[1].Kill();
            Assert.Equal(Templates * 2, (await dying).Count);
            output.WriteLine($"one of three killed: {Templates * 2} of {Templates * 2} scored");
            if (Scale.IsFull && Cores >= 2) Assert.InRange(rates[1] / rates[0], 1.8, double.MaxValue);
        }
        finally
        {
            await orchestrator.DisposeAsync();
            foreach (var scorer in scorers) await scorer.DisposeAsync();
        }

        Dictionary<string, string> Settings()
        {
            var of = new Dictionary<string, string> { ["IPO_BIND"] = "loopback", ["Ipo__ClipScorer__Threads"] = "1", ["Ipo__ClipScorer__Device"] = "Cpu" };
            if (checkpoint is not null) of["Ipo__ClipScorer__Checkpoint"] = checkpoint.Path;
            return of;
        }
    }

    // Connections to scorers that were away are tried again every few seconds, and one is sent the images with its first templates: not all of them
    // where the others are done with the templates sooner.
    private async Task UntilAllKnowTheImagesAsync(IpoClient client, List<ServiceProcess> scorers, string folder, string name)
    {
        var asked = new EmbedImagesRequest();
        foreach (var file in Directory.EnumerateFiles(folder, "*.png", SearchOption.AllDirectories))
            asked.Images.Add(new Image { Sha256 = ByteString.CopyFrom(SHA256.HashData(await File.ReadAllBytesAsync(file, Cancellation))) });
        for (var round = 0; ; round++)
        {
            await EvaluateAsync(client, $"{name} {Text(round)}", 8 * scorers.Count);
            var known = new List<int>();
            foreach (var scorer in scorers)
            {
                using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Text(scorer.Grpc)}");
                var answer = await new ClipScorerService.ClipScorerServiceClient(channel).EmbedImagesAsync(asked, cancellationToken: Cancellation);
                known.Add(answer.Embeddings.Count(one => one.Outcome == ImageOutcome.Cached));
            }
            if (known.Min() > 0 && known.Min() == known.Max()) return;
            output.WriteLine($"round {round}: {string.Join(", ", known)} of {asked.Images.Count} images known");
            Assert.True(round < 200, "A scorer is there and gets nothing to do.");
        }
    }

    private static async Task<List<(double Accuracy, double Loss)>> EvaluateAsync(IpoClient client, string words, int count)
    {
        var request = new EvaluateTemplatesRequest { Dataset = "drawn", Split = Split.Train, Classes = EvaluatedClasses.All };
        request.PromptSets.AddRange(Enumerable.Range(0, count).Select(number => new PromptSet { Templates = { $"{words} number {Text(number)} of a <CLASS>." } }));
        var answer = await client.Evaluation.EvaluateTemplatesAsync(request, cancellationToken: Cancellation);
        return [.. answer.Results.Select(result => (result.Score.Accuracy, result.Score.Loss))];
    }

    private static string[] Pinned(int number) => OperatingSystem.IsLinux() ? ["taskset", "--cpu-list", Text(number % Cores)] : [];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
