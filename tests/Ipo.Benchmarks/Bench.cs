using System.Diagnostics.Metrics;
using Ipo.Benchmarks.Workload;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Metrics;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Scoring;
using Ipo.ClipScorer.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Ipo.Benchmarks;

/// <summary>A loaded checkpoint and what the rows that need one share.</summary>
internal sealed class Bench : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public Bench(BenchmarkOptions options, ResultTable table, TowerShape shape, BenchmarkCheckpoint checkpoint, int threads)
    {
        (Options, Table, Shape, Checkpoint, Threads) = (options, table, shape, checkpoint, threads);
        Device = ExecutionDevice.Cpu(threads);
        Model = EmbeddingModel.Load(checkpoint.Path, new() { Device = DeviceChoice.Cpu, Threads = threads });
        Model.WarmUp();
        Classes = new(ClassList.Make(checkpoint.Path, Model.Tokenizer));
        Meters = _services.GetRequiredService<IMeterFactory>();
        Metrics = new(Meters);
        Queue = new(64, Metrics);
    }

    public BenchmarkOptions Options { get; }

    public ResultTable Table { get; }

    public TowerShape Shape { get; }

    public BenchmarkCheckpoint Checkpoint { get; }

    public int Threads { get; }

    public ExecutionDevice Device { get; }

    public EmbeddingModel Model { get; }

    /// <summary>A thousand class names.</summary>
    public ClassNames Classes { get; }

    public IMeterFactory Meters { get; }

    public ClipScorerMetrics Metrics { get; }

    public ModelQueue Queue { get; }

    public string Where => $"{Shape.Name}, {Words.Threads(Threads)}";

    public TemplatePrompts Prompts(string template) => TemplatePrompts.Of(template, Classes, Model.Tokenizer.Encode, Model.Facts.ContextLength, CancellationToken.None);

    public void Dispose()
    {
        Queue.Dispose();
        Model.Dispose();
        _services.Dispose();
    }
}
