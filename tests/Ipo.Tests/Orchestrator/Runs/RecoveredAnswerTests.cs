using Grpc.Core;
using Grpc.Core.Interceptors;
using Ipo.PromptGen;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.Orchestrator.Runs;

/// <summary>An answer that was bought and kept and got lost on its way to the journal.</summary>
public sealed class RecoveredAnswerTests
{
    [Fact]
    public async Task Is_booked_once_when_its_question_is_asked_again()
    {
        using var folder = new TempFolder();
        await using var fakes = await FakeServices.StartAsync();
        await using var server = await OpenAiServer.StartAsync();
        var written = 0;
        server.Otherwise = OpenAiAnswer.From(_ =>
            OpenAiAnswer.Text($"<INS>a photo number {Interlocked.Increment(ref written)} of a <CLASS>.</INS>"));
        await using var promptGen = new InProcessService<Proposers>(new()
        {
            ["Ipo:PromptGen:OpenAI:Endpoint"] = server.Endpoint.ToString(),
            ["Ipo:PromptGen:OpenAI:Model"] = "model-1",
            ["Ipo:PromptGen:OpenAI:InputPricePerMillionTokens"] = "2",
            ["Ipo:PromptGen:OpenAI:OutputPricePerMillionTokens"] = "3",
        });
        var losing = new LosesTheFirstAnswer();
        TinyDataset.Write(folder, "data/tiny");
        await using var lab = await OrchestratorLab.StartAsync(folder, fakes, services: services =>
            services.AddSingleton(new V1.PromptGenService.PromptGenServiceClient(promptGen.Channel.Intercept(losing))));
        await lab.RegisterAsync("tiny");
        var settings = new V1.RunSettings { Dataset = "tiny", Preset = "ipo-paper", Steps = 2, Descriptions = false };
        settings.Ask("ipo");

        await lab.CreateAsync(settings, "run");
        var first = (await lab.WatchAsync("run"))[^1];
        await lab.CreateAsync(settings, "again");
        var again = (await lab.WatchAsync("again"))[^1];

        Assert.Equal((V1.RunState.Completed, 1), (first.State, losing.Lost));
        var bought = server.Requests.Count;
        Assert.True(bought > 1);
        Assert.Equal((bought, bought * ((11 * 2) + (7 * 3))), (first.Spending.Calls, first.Spending.CostMicroUsd));
        Assert.Equal((bought * 11, bought * 7), (first.Spending.InputTokens, first.Spending.OutputTokens));
        // Another run has bought nothing.
        Assert.Equal((0, 0), (again.Spending.Calls, again.Spending.CostMicroUsd));
    }

    [Fact]
    public async Task Of_a_description_is_booked_and_counted_by_the_attempt_that_bought_it()
    {
        using var folder = new TempFolder();
        await using var fakes = await FakeServices.StartAsync();
        fakes.Captioner.Facts.Captioner.Paid = true;
        fakes.Captioner.Instead = call => call switch
        {
            0 => throw new RpcException(new(StatusCode.Unavailable, "the connection broke")),
            1 => new() { Description = "soft light", Cached = true, Recovered = true, Usage = new() { InputTokens = 20, OutputTokens = 5, CostMicroUsd = 7 } },
            _ => null,
        };
        TinyDataset.Write(folder, "data/tiny");
        await using var lab = await OrchestratorLab.StartAsync(folder, fakes, clock: new RushingClock());
        await lab.RegisterAsync("tiny");
        await lab.CreateAsync(new() { Dataset = "tiny", Steps = 1, Shots = 1, Descriptions = true }, "run");
        var run = (await lab.WatchAsync("run"))[^1];

        Assert.Equal(V1.RunState.Completed, run.State);
        Assert.Equal(7, run.Spending.CostMicroUsd);
        // One image is asked for twice under one name, and every other once under its own.
        Assert.Equal(fakes.Captioner.CallIds.Count - 1, fakes.Captioner.CallIds.Distinct().Count());
    }

    private sealed class LosesTheFirstAnswer : Interceptor
    {
        private int _calls;

        public int Lost { get; private set; }

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            var call = continuation(request, context);
            return request is V1.ProposeTemplatesRequest && Interlocked.Increment(ref _calls) == 1
                ? new(LoseAsync(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose)
                : call;
        }

        private async Task<TResponse> LoseAsync<TResponse>(Task<TResponse> answer)
        {
            await answer;
            Lost++;
            throw new RpcException(new(StatusCode.Unavailable, "the connection broke"));
        }
    }
}
