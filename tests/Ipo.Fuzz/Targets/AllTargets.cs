using System.Text;
using Ipo.Tests.Fakes;

namespace Ipo.Fuzz.Targets;

/// <summary>Every target, over a folder of their own.</summary>
internal sealed class AllTargets : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RpcTarget _rpc;

    public AllTargets()
    {
        _rpc = new RpcTarget(_folder);
        Targets = [.. TextTargets.All(), .. CheckpointTargets.All(_folder), .. DatasetTargets.All(_folder), .. _rpc.All()];
    }

    public IReadOnlyList<Target> Targets { get; }

    public void Dispose()
    {
        _rpc.Dispose();
        _folder.Dispose();
    }

    /// <summary>Bytes of texts.</summary>
    public static IReadOnlyList<byte[]> Bytes(params IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    /// <summary>An input as a text: UTF-8, what is none replaced; now and then its raw halves, so that half surrogates come too.</summary>
    public static string Text(byte[] input) => input.Length > 0 && input[0] == 0xFF ? Encoding.Unicode.GetString(input, 1, input.Length - 1)
        : Encoding.UTF8.GetString(input);

    /// <summary>Reads, and takes refusals of one kind for what they are.</summary>
    public static Func<byte[], bool> Refusing<TRefusal>(Action<byte[]> read) where TRefusal : Exception => input =>
    {
        try
        {
            read(input);
            return true;
        }
        catch (TRefusal) { return false; }
    };

    /// <summary>The same with a second kind.</summary>
    public static Func<byte[], bool> Refusing<TRefusal, TOther>(Action<byte[]> read) where TRefusal : Exception where TOther : Exception
    {
        var first = Refusing<TRefusal>(read);
        return input =>
        {
            try { return first(input); }
            catch (TOther) { return false; }
        };
    }
}
