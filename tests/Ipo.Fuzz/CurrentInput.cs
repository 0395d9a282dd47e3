using System.IO.MemoryMappedFiles;
using System.Text;

namespace Ipo.Fuzz;

/// <summary>The input that is read now, in a file that outlives the process: a stack overflow, a fault in native code or a hang ends it
/// without a word.</summary>
internal sealed class CurrentInput : IDisposable
{
    private const int NameBytes = 64;
    private const int Capacity = 1 << 20;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public CurrentInput(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Capacity);
        _view = _file.CreateViewAccessor();
    }

    public void Is(string target, byte[] input)
    {
        var name = new byte[NameBytes];
        Encoding.UTF8.GetBytes(target, name);
        _view.WriteArray(0, name, 0, NameBytes);
        _view.Write(NameBytes, input.Length);
        _view.WriteArray(NameBytes + sizeof(int), input, 0, Math.Min(input.Length, Capacity - NameBytes - sizeof(int)));
    }

    public (string Target, byte[] Input) Read()
    {
        var name = new byte[NameBytes];
        _view.ReadArray(0, name, 0, NameBytes);
        var input = new byte[Math.Min(_view.ReadInt32(NameBytes), Capacity - NameBytes - sizeof(int))];
        _view.ReadArray(NameBytes + sizeof(int), input, 0, input.Length);
        return (Encoding.UTF8.GetString(name).TrimEnd('\0'), input);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
