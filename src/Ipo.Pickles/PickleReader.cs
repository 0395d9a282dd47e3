namespace Ipo.Pickles;

/// <summary>
/// Reads pickles as data. Python's own reader is a machine that calls whatever the file names
/// (docs.python.org, pickle: "never unpickle data that could have come from an untrusted source"); this one knows the
/// few opcodes and names that <see cref="PickleNames"/> takes, refuses the rest, and runs nothing. What it allocates is
/// bounded by what it read.
/// </summary>
/// <remarks>A value is a long, double, bool, string, null or BigInteger, an object[] (a tuple), a list, a
/// <see cref="PickledDictionary"/>, or what the names gave. Values may hold themselves, so nothing walks through them.</remarks>
public sealed class PickleReader(Stream file, PickleNames names)
{
    // Some 40 are spent on a tensor, and the largest models have some thousand tensors; some 20 on an image of a list.
    private const int MostSteps = 1_000_000;

    private readonly PickleBytes _bytes = new(file);
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];

    /// <summary>Reads one pickle, up to its end and no further.</summary>
    /// <exception cref="PickleException">It is damaged, or holds more than the names take.</exception>
    public object? Read()
    {
        _stack.Clear();
        _marks.Clear();
        _memo.Clear();
        for (var steps = 0; steps < MostSteps; steps++)
        {
            var opcode = (Opcode)_bytes.Byte();
            if (!Enum.IsDefined(opcode) || !names.Has(opcode))
                throw PickleException.Damaged(
                    $"opcode 0x{(byte)opcode:X2}, which is not what {names.WrittenBy}; a Git LFS pointer is not the file");
            if (opcode == Opcode.Stop) return Pop();
            Step(opcode);
        }
        throw PickleException.Damaged($"more than {MostSteps} steps");
    }

    private void Step(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Proto: names.RequireProtocol(_bytes.Byte()); break;
            case Opcode.Mark: _marks.Push(_stack.Count); break;
            case Opcode.None: _stack.Add(null); break;
            case Opcode.NewTrue: _stack.Add(true); break;
            case Opcode.NewFalse: _stack.Add(false); break;
            case Opcode.BinInt: _stack.Add((long)_bytes.Int32()); break;
            case Opcode.BinInt1: _stack.Add((long)_bytes.Byte()); break;
            case Opcode.BinInt2: _stack.Add((long)_bytes.UInt16()); break;
            case Opcode.Long1: _stack.Add(_bytes.Long()); break;
            case Opcode.BinFloat: _stack.Add(_bytes.Double()); break;
            case Opcode.BinUnicode: _stack.Add(_bytes.Text()); break;
            case Opcode.ShortBinUnicode: _stack.Add(_bytes.ShortText()); break;
            case Opcode.EmptyTuple: _stack.Add(Array.Empty<object?>()); break;
            case Opcode.EmptyList: _stack.Add(new List<object?>()); break;
            case Opcode.EmptyDict: _stack.Add(new PickledDictionary()); break;
            case Opcode.Tuple1: PushTuple(1); break;
            case Opcode.Tuple2: PushTuple(2); break;
            case Opcode.Tuple3: PushTuple(3); break;
            case Opcode.Tuple: _stack.Add(PopMarked()); break;
            case Opcode.BinPut: _memo[_bytes.Byte()] = Top(); break;
            case Opcode.LongBinPut: _memo[_bytes.UInt32()] = Top(); break;
            case Opcode.Memoize: _memo[_memo.Count] = Top(); break;
            case Opcode.BinGet: _stack.Add(Remembered(_bytes.Byte())); break;
            case Opcode.LongBinGet: _stack.Add(Remembered(_bytes.UInt32())); break;
            case Opcode.Append: Append([Pop()]); break;
            case Opcode.Appends: Append(PopMarked()); break;
            case Opcode.SetItem: SetItems(PopMany(2)); break;
            case Opcode.SetItems: SetItems(PopMarked()); break;
            case Opcode.Global: _stack.Add(names.Global(_bytes.Line(), _bytes.Line())); break;
            case Opcode.StackGlobal: StackGlobal(); break;
            case Opcode.Reduce: Make(names.Call); break;
            case Opcode.NewObject: Make(names.New); break;
            case Opcode.Build: Build(); break;
            case Opcode.BinPersId: _stack.Add(names.Outside(Pop())); break;
            case Opcode.Frame: _bytes.UInt64(); break; // how much may be read at once, which is never much here
            default: throw new InvalidOperationException($"No step is written for {opcode}.");
        }
    }

    private void StackGlobal()
    {
        if (PopMany(2) is not [string module, string name]) throw PickleException.Damaged("something is named by what is no text");
        _stack.Add(names.Global(module, name));
    }

    private void Make(Func<IPickledGlobal, object?[], object> make)
    {
        var (arguments, called) = (Pop(), Pop());
        if (arguments is not object?[] tuple || called is not IPickledGlobal global)
            throw PickleException.Damaged("something is called that is no function");
        _stack.Add(make(global, tuple));
    }

    private void Build()
    {
        var attributes = Pop();
        names.Build(Top(), attributes);
    }

    private void Append(object?[] values)
    {
        if (Top() is not List<object?> list) throw PickleException.Damaged("something is appended to what is no list");
        list.AddRange(values);
    }

    private void SetItems(object?[] values)
    {
        if (Top() is not PickledDictionary dictionary || values.Length % 2 != 0)
            throw PickleException.Damaged("entries are set in what is no dictionary");
        for (var at = 0; at < values.Length; at += 2) dictionary.Set(values[at], values[at + 1]);
    }

    private void PushTuple(int count) => _stack.Add(PopMany(count));

    private object?[] PopMarked() =>
        PopMany(_stack.Count - (_marks.TryPop(out var mark) ? mark : throw PickleException.Damaged("no mark is set")));

    private object?[] PopMany(int count)
    {
        Require(count);
        var values = _stack.GetRange(_stack.Count - count, count).ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    private object? Pop() => PopMany(1)[0];

    private object? Top()
    {
        Require(1);
        return _stack[^1];
    }

    // What stands in front of the last mark is not to be had before the mark is.
    private void Require(int count)
    {
        if (_stack.Count - count < (_marks.TryPeek(out var mark) ? mark : 0)) throw PickleException.Damaged("a value is missing");
    }

    private object? Remembered(long key) =>
        _memo.TryGetValue(key, out var value) ? value : throw PickleException.Damaged("a value is recalled that was not kept");
}
