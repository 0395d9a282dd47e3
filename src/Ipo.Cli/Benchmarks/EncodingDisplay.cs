using Ipo.Cli.Output;
using Ipo.V1;

namespace Ipo.Cli.Benchmarks;

/// <summary>Says what a benchmark scores, a line each, and below it how many of the images are encoded.</summary>
internal sealed class EncodingDisplay(Terminal terminal)
{
    private CountDisplay _count = new(terminal);

    /// <summary>Something else is done from now on.</summary>
    public void Begin(string doing)
    {
        _count.EndLine();
        _count = new(terminal); // its rate is of these images
        terminal.Tell(doing);
    }

    /// <summary>How far it is.</summary>
    public void Show(BenchProgress now)
    {
        _count.Show("encoding images", now.ImagesDone, now.Images);
        if (now.ImagesDone == now.Images) _count.EndLine();
    }
}
