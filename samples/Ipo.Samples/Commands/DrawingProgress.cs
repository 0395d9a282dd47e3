namespace Ipo.Samples.Commands;

/// <summary>A line on the terminal that counts up; nothing where the output is no terminal.</summary>
internal sealed class DrawingProgress(TextWriter error, int total) : IProgress<int>
{
    private readonly bool _live = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;
    private readonly Lock _gate = new();
    private int _percentShown = -1;

    public void Report(int value)
    {
        if (!_live) return;
        lock (_gate)
        {
            var percent = (int)(value * 100L / total);
            if (percent <= _percentShown) return;
            _percentShown = percent;
            error.Write($"\r{value} of {total} pictures{(value == total ? "\n" : "")}");
        }
    }
}
