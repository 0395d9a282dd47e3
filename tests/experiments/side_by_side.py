"""Presets and controls side by side on one dataset: what the search saw, what validation and test said of the winner, and what it cost.
Prints a Markdown table. The AppHost must be running. usage: side_by_side.py DATASET [--seeds 5] [--steps 20] [--candidates 8] [--shots 16]"""
import argparse, json, os, statistics, subprocess, sys

REPOSITORY = os.path.abspath(f'{os.path.dirname(os.path.abspath(__file__))}/../..')
# (preset, proposer): the paper's rule, the code's rule and ours with the embedded proposer, and ours with the two controls.
RUNS = [('ipo-paper', 'evolve'), ('ipo-code', 'evolve'), ('robust', 'evolve'), ('robust', 'evolve/no-history'), ('robust', 'random-words')]


def ipo(*arguments):
    done = subprocess.run(['dotnet', f'{REPOSITORY}/src/Ipo.Cli/bin/Release/net10.0/ipo.dll', *arguments, '--json'], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f'ipo {" ".join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}')
    return json.loads(done.stdout)


def points(values):
    """Mean and standard deviation over the seeds."""
    return f'{100 * statistics.mean(values):+.2f} ± {100 * statistics.stdev(values):.2f}' if len(values) > 1 else f'{100 * values[0]:+.2f}'


def row(preset, proposer, reports):
    gain = lambda split: [r['winnerEvaluation'][split]['accuracy'] - r['baselineEvaluation'][split]['accuracy'] for r in reports]
    search, validation, base, novel = gain('search'), gain('validation'), gain('testBase'), gain('testNovel')
    spent = [r['run']['spending'] for r in reports]
    tokens = [int(s.get('inputTokens', 0)) + int(s.get('outputTokens', 0)) for s in spent]
    kept = sum(r['winner'] == r['baselineEvaluation']['template'] for r in reports)
    better = sum(b > 0 for b in base)
    return (f'| `{preset}` | `{proposer}` | {points(search)} | {points(validation)} | {points(base)} | {points(novel)} | {points([s - b for s, b in zip(search, base)])} | '
            f'{better} of {len(reports)} | {kept} | {statistics.median(int(s["calls"]) for s in spent):.0f} | {statistics.median(tokens):.0f} |')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('dataset')
    for option, value in (('--seeds', 5), ('--steps', 20), ('--candidates', 8), ('--shots', 16)):
        parser.add_argument(option, type=int, default=value)
    chosen = parser.parse_args()
    subprocess.run(['dotnet', 'build', '-c', 'Release', '-v', 'quiet', f'{REPOSITORY}/src/Ipo.Cli'], check=True, stdout=subprocess.DEVNULL)
    rows, winners = [], []
    for preset, proposer in RUNS:
        reports = []
        for seed in range(1, chosen.seeds + 1):
            report = ipo('optimize', chosen.dataset, '--classes', 'base', '--shots', str(chosen.shots), '--preset', preset, '--proposer', proposer,
                         '--steps', str(chosen.steps), '--candidates', str(chosen.candidates), '--no-descriptions', '--seed', str(seed))
            reports.append(report)
            winners.append((preset, proposer, seed, report['winner']))
            print(f'{preset} {proposer} seed {seed}: {report["winner"]}', file=sys.stderr, flush=True)
        rows.append(row(preset, proposer, reports))
    base = reports[0]['baselineEvaluation']
    print(f'Baseline `{base["template"]}`: test {100 * base["testBase"]["accuracy"]:.1f} % on base and {100 * base["testNovel"]["accuracy"]:.1f} % on novel classes.\n')
    print('| preset | proposer | search | validation | test, base | test, novel | search − test | better on test | baseline kept | calls | tokens |\n'
          '|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|')
    print('\n'.join(rows) + '\n')
    print('| preset | proposer | seed | winner |\n|---|---|---:|---|')
    print('\n'.join(f'| `{preset}` | `{proposer}` | {seed} | `{winner}` |' for preset, proposer, seed, winner in winners))


if __name__ == '__main__':
    main()
