using System.CommandLine;
using Ipo.Benchmarks;
using Ipo.Benchmarks.Rows;
using Ipo.ClipScorer;

OnnxRuntimeTelemetry.TurnOff(); // the baselines call ONNX Runtime without the scorer

// Not a test: `dotnet test` does not run it. One command prints every row that docs/benchmarks.md keeps.
if (args is [MemoryRow.Child, ..]) return await MemoryRow.RunChildAsync(args[1..]);

var only = new Option<string[]>("--only") { Description = $"Rows to run: {string.Join(", ", Suite.RowNames)}. Default: all.", AllowMultipleArgumentsPerToken = true };
var threads = new Option<int[]>("--threads") { Description = "Threads of the towers. Default: 1, and all this process may use.", AllowMultipleArgumentsPerToken = true };
var shapes = new Option<string[]>("--shapes") { Description = "Checkpoint shapes: B/32, B/16. Default: both.", AllowMultipleArgumentsPerToken = true };
var rounds = new Option<int>("--rounds") { Description = "Interleaved rounds that a median is taken over.", DefaultValueFactory = _ => 5 };
var brief = new Option<bool>("--short") { Description = "A few minutes instead of many: B/32, one thread, three rounds, fewer points. For a look, not for the record." };
var charts = new Option<string?>("--charts") { Description = "Folder that the growth chart is written to. Default: none is written." };
var processorTime = new Option<bool>("--processor-time") { Description = "Times by this process's processor time instead of the clock: for one thread on a machine that others load." };
only.AcceptOnlyFromAmong(Suite.RowNames);
shapes.AcceptOnlyFromAmong([.. TowerShape.All.Select(shape => shape.Name)]);
threads.Validators.Add(result => { if (result.GetValueOrDefault<int[]>().Any(count => count < 1)) result.AddError("--threads takes numbers from 1 on."); });
rounds.Validators.Add(result => { if (result.GetValueOrDefault<int>() < 1) result.AddError("--rounds takes a number from 1 on."); });

var command = new RootCommand("Measures ClipScorer as ratios within one run, against baselines on the same runtime.") { only, threads, shapes, rounds, brief, charts, processorTime };
command.SetAction(async (parsed, _) =>
{
    var isShort = parsed.GetValue(brief);
    Interleaved.CountsProcessorTime = parsed.GetValue(processorTime);
    await Suite.RunAsync(new(
        Rows: parsed.GetValue(only) is { Length: > 0 } rows ? rows : Suite.RowNames,
        Threads: parsed.GetValue(threads) is { Length: > 0 } counts ? counts : isShort ? [1] : [.. new[] { 1, Environment.ProcessorCount }.Distinct()],
        Shapes: parsed.GetValue(shapes) is { Length: > 0 } names ? [.. names.Select(TowerShape.Named)] : isShort ? [TowerShape.All[0]] : TowerShape.All,
        Rounds: isShort ? Math.Min(3, parsed.GetValue(rounds)) : parsed.GetValue(rounds),
        Short: isShort,
        Charts: parsed.GetValue(charts)));
});
return await command.Parse(args).InvokeAsync();
