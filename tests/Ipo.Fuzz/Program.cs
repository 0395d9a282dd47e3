using System.CommandLine;
using System.Diagnostics;
using Ipo.Fuzz;
using Ipo.Fuzz.Targets;

// Reads changed files, answers and requests and says what of them is neither accepted nor refused (CONTRIBUTING.md, "Fuzzing").
var inputs = new Option<long>("--inputs") { Description = "How many inputs, over all targets.", DefaultValueFactory = _ => 100_000 };
var seed = new Option<int>("--seed") { Description = "What the changes are drawn with.", DefaultValueFactory = _ => 1 };
var only = new Option<string[]>("--targets") { Description = "Targets by name. Default: all.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
var finds = new Option<string>("--finds") { Description = "Folder for inputs that were neither accepted nor refused.", DefaultValueFactory = _ => "artifacts/finds" };
var replay = new Option<string?>("--replay") { Description = "Reads this file once, with the one target named by --targets." };
var inner = new Option<string?>("--instrumented") { Description = "Said to the copy of this program whose code counts its branches.", Hidden = true };
var parent = new Option<int>("--parent") { Description = "Who started it, and without whom it ends.", Hidden = true };
var command = new RootCommand("Fuzzes all that reads what strangers write.") { inputs, seed, only, finds, replay, inner, parent };
command.SetAction(parsed =>
{
    var folder = Path.GetFullPath(parsed.GetValue(finds)!);
    if (parsed.GetValue(inner) is not { } file) return InstrumentedCopy.Run(args, folder);
    Coverage.Begin();
    using var current = new CurrentInput(file);
    using var all = new AllTargets();
    var names = parsed.GetValue(only)!;
    var unknown = names.Except(all.Targets.Select(target => target.Name)).ToList();
    if (unknown.Count > 0)
    {
        Console.Error.WriteLine($"No target is called '{unknown[0]}'; there are: {string.Join(", ", all.Targets.Select(target => target.Name))}.");
        return 2;
    }
    var targets = all.Targets.Where(target => names.Length == 0 || names.Contains(target.Name)).ToList();
    var starter = Process.GetProcessById(parsed.GetValue(parent));
    var run = new FuzzRun(parsed.GetValue(inputs), parsed.GetValue(seed), folder, current, starter);
    var found = parsed.GetValue(replay) is { } again ? run.Replay(targets.Single(), File.ReadAllBytes(again)) : run.Go(targets);
    return found == 0 ? 0 : 1;
});
return command.Parse(args).Invoke();
