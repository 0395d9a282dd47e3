"""The card's main table, by the product itself: what plain and true templates score on drawn datasets, what `ipo optimize` finds, and what
the control that inserts random words finds. Only test pictures are counted. usage: evaluate.py CHECKPOINT REPOSITORY [--seeds 3] [--steps 30] [--keep FOLDER]"""
import argparse, contextlib, json, os, signal, statistics, subprocess, sys, tempfile, time

# (style, category); the last two pairs of style and category were never drawn in training.
DATASETS = [('chalk', 'bird'), ('blueprint', 'vehicle'), ('neon', 'sports gear'), ('ink stamp', 'household object'), ('negative', 'plant'),
            ('pixel art', 'machine'), ('mosaic', 'musical instrument'), ('embroidery', 'clothing'), ('pencil', 'tool'), ('neon', 'animal')]
PROPOSERS = ('evolve', 'random-words')
BASELINE = 'a photo of a <CLASS>.'


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f'{" ".join(command)}\nended with {done.returncode}:\n{done.stdout}{done.stderr}')
    return done.stdout


class System:
    """The AppHost with a home of its own, stopped at the end."""

    def __init__(self, checkpoint, repository, folder):
        self.repository, self.home = repository, f'{folder}/home'
        self.environment = dict(os.environ, IPO_HOME=self.home, IPO_SAMPLE='none', IPO_DATASETS=folder, IPO_CHECKPOINT=checkpoint)
        run('dotnet', 'build', '-c', 'Release', f'{repository}/src/Ipo.AppHost')
        self.log = open(f'{folder}/system.log', 'w')
        self.process = subprocess.Popen(['dotnet', f'{repository}/src/Ipo.AppHost/bin/Release/net10.0/Ipo.AppHost.dll'],
                                        env=self.environment, stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        while 'orchestrator | healthy' not in open(self.log.name).read():  # the last to be
            if self.process.poll() is not None:
                sys.exit(f'The system did not start:\n{open(self.log.name).read()}')
            time.sleep(0.2)

    def ipo(self, *arguments):
        return json.loads(run('dotnet', f'{self.repository}/src/Ipo.Cli/bin/Release/net10.0/ipo.dll', *arguments, '--json', env=self.environment))

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)  # SIGINT is ignored by what a shell starts in the background
        self.process.wait()
        self.log.close()

    def __enter__(self):
        return self


def draw(repository, folder, style, category):
    target = f'{folder}/{style}-{category}'.replace(' ', '-')
    if not os.path.exists(f'{target}/sample.json'):  # written last
        run('dotnet', 'run', '-c', 'Release', '--project', f'{repository}/samples/Ipo.Samples', '--', 'draw', target, '--style', style, '--category', category,
            '--count', '60', '--size', '64', '--seed', '11', '--force')
    return target, json.load(open(f'{target}/sample.json'))['trueTemplate']


def measure(system, target, truth, seeds, steps):
    """Test accuracies of the baseline, the true template and every run's winner."""
    searches = {(proposer, seed): system.ipo('optimize', target, '--classes', 'all', '--shots', '16', '--steps', str(steps), '--descriptions',
                                             '--proposer', proposer, '--seed', str(seed)) for proposer in PROPOSERS for seed in range(1, seeds + 1)}
    name = next(iter(searches.values()))['dataset']['name']
    known = system.ipo('evaluate', name, '-t', BASELINE, '-t', truth, '--split', 'test')['results']
    plain, true = (result['score'] for result in known)
    found = {proposer: [report['winnerEvaluation']['testBase']['accuracy'] for (by, _), report in searches.items() if by == proposer] for proposer in PROPOSERS}
    winners = [' + '.join(report['winner']['templates']) for (by, _), report in searches.items() if by == PROPOSERS[0]]
    return dict(plain=plain['accuracy'], low=plain['accuracyLow'], images=plain['images'], true=true['accuracy'], found=found, winners=winners)


def table(rows):
    points = lambda share: f'{100 * share:.1f}'
    print('| dataset | test pictures | plain | true template | `ipo optimize` (each seed) | random words (each seed) | a winner |\n|---|---:|---:|---:|---:|---:|---|')
    for (style, category), truth, r in rows:
        seeds = lambda proposer: f'**{points(statistics.mean(r["found"][proposer]))}** ({" ".join(map(points, r["found"][proposer]))})'
        print(f'| `{truth}` | {r["images"]} | {points(r["plain"])} | {points(r["true"])} | {seeds("evolve")} | {seeds("random-words")} | `{r["winners"][0]}` |')
    mean = lambda of: statistics.mean(of(r) for _, _, r in rows)
    plain, true = mean(lambda r: r['plain']), mean(lambda r: r['true'])
    found = {proposer: mean(lambda r: statistics.mean(r['found'][proposer])) for proposer in PROPOSERS}
    print(f'| **mean of {len(rows)}** | | {points(plain)} | {points(true)} | {points(found["evolve"])} | {points(found["random-words"])} | |\n')
    gain = true - plain
    share = lambda proposer: f'{100 * (found[proposer] - plain) / gain:.0f} %'
    print(f'The true template is worth {100 * gain:+.1f} points on average; `ipo optimize` recovers {share("evolve")} of that, random words {share("random-words")}.')
    below = [(truth, min(r['found']['evolve'])) for _, truth, r in rows if min(r['found']['evolve']) < r['low']]
    print(f'Runs whose winner ends below the lower end of the baseline\'s Wilson interval: {len(below)}{": " + "; ".join(t for t, _ in below) if below else ""}.')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('checkpoint')
    parser.add_argument('repository')
    parser.add_argument('--seeds', type=int, default=3)
    parser.add_argument('--steps', type=int, default=30)
    parser.add_argument('--keep', metavar='FOLDER', help='keep drawn datasets and the log there, and take what is there')
    chosen = parser.parse_args()
    checkpoint, repository = os.path.abspath(chosen.checkpoint), os.path.abspath(chosen.repository)
    kept = contextlib.nullcontext(os.path.abspath(chosen.keep)) if chosen.keep else tempfile.TemporaryDirectory(prefix='ipo-tiny-')
    with kept as folder:
        os.makedirs(folder, exist_ok=True)
        targets = [draw(repository, folder, *pair) for pair in DATASETS]
        with System(checkpoint, repository, folder) as system:
            rows = []
            for pair, (target, truth) in zip(DATASETS, targets):
                rows.append((pair, truth, measure(system, target, truth, chosen.seeds, chosen.steps)))
                print(f'{pair[0]} {pair[1]}: {rows[-1][2]}', file=sys.stderr, flush=True)
            table(rows)


if __name__ == '__main__':
    main()
