namespace Ipo.ClipScorer.Pickles;

/// <summary>
/// Reads pickles of PyTorch's state dicts as data. Python's own reader is a machine that calls whatever the file names
/// (docs.python.org, pickle: "never unpickle data that could have come from an untrusted source"); this one knows the
/// opcodes that torch.save writes (pickle protocol 2) and the few names of <see cref="PickleGlobal"/>, refuses the
/// rest, and runs nothing. What it allocates is bounded by what it read.
/// </summary>
/// <remarks>A value is a long, double, bool, string, null or BigInteger, an object[] (a tuple), a list, or one of this
/// folder's records. Values may hold themselves, so nothing walks through them.</remarks>
internal sealed class PickleReader(Stream file)
{
    // Some 40 are spent on a tensor, and the largest models have some thousand tensors.
    private const int MostSteps = 1_000_000;

    private const int Protocol = 2;

    private readonly PickleBytes _bytes = new(file);
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private readonly Dictionary<string, PickledStorage> _storages = [];

    /// <summary>The storages named so far, by their keys.</summary>
    public IReadOnlyDictionary<string, PickledStorage> Storages => _storages;

    /// <summary>Reads one pickle, up to its end and no further.</summary>
    /// <exception cref="PickleException">It is damaged, or holds more than weights.</exception>
    public object? Read()
    {
        _stack.Clear();
        _marks.Clear();
        _memo.Clear();
        for (var steps = 0; steps < MostSteps; steps++)
        {
            var opcode = (Opcode)_bytes.Byte();
            if (opcode == Opcode.Stop) return Pop();
            Step(opcode);
        }
        throw PickleException.Damaged($"more than {MostSteps} steps");
    }

    private void Step(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Proto: RequireProtocol(_bytes.Byte()); break;
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
            case Opcode.EmptyTuple: _stack.Add(Array.Empty<object?>()); break;
            case Opcode.EmptyList: _stack.Add(new List<object?>()); break;
            case Opcode.EmptyDict: _stack.Add(new PickledDictionary()); break;
            case Opcode.Tuple1: PushTuple(1); break;
            case Opcode.Tuple2: PushTuple(2); break;
            case Opcode.Tuple3: PushTuple(3); break;
            case Opcode.Tuple: _stack.Add(PopMarked()); break;
            case Opcode.BinPut: _memo[_bytes.Byte()] = Top(); break;
            case Opcode.LongBinPut: _memo[_bytes.UInt32()] = Top(); break;
            case Opcode.BinGet: _stack.Add(Remembered(_bytes.Byte())); break;
            case Opcode.LongBinGet: _stack.Add(Remembered(_bytes.UInt32())); break;
            case Opcode.Append: Append([Pop()]); break;
            case Opcode.Appends: Append(PopMarked()); break;
            case Opcode.SetItem: SetItems(PopMany(2)); break;
            case Opcode.SetItems: SetItems(PopMarked()); break;
            case Opcode.Global: _stack.Add(PickleGlobal.Of(_bytes.Line(), _bytes.Line())); break;
            case Opcode.Reduce: Reduce(); break;
            case Opcode.Build: Build(); break;
            case Opcode.BinPersId: _stack.Add(Storage()); break;
            default:
                throw PickleException.Damaged(
                    $"opcode 0x{(byte)opcode:X2}, which torch.save does not write for weights; a Git LFS pointer is not the file");
        }
    }

    private static void RequireProtocol(byte protocol)
    {
        if (protocol != Protocol)
            throw new PickleException(
                $"holds a pickle of protocol {protocol}; torch.save writes {Protocol} unless told otherwise. "
                + "Save the state_dict again without pickle_protocol.");
    }

    private void Reduce()
    {
        var (arguments, called) = (Pop(), Pop());
        if (arguments is not object?[] tuple || called is not PickleGlobal global)
            throw PickleException.Damaged("something is called that is no function");
        _stack.Add(global.Result(tuple));
    }

    // A state dict carries its modules' versions as an attribute; they do not concern the numbers.
    private void Build()
    {
        _ = Pop();
        if (Top() is not PickledDictionary) throw PickleException.Damaged("attributes are given to something that is no dictionary");
    }

    private PickledStorage Storage()
    {
        var storage = PickledStorage.Of(Pop());
        if (_storages.TryAdd(storage.Key, storage) || _storages[storage.Key] == storage) return storage;
        throw PickleException.Damaged($"storage '{storage.Key}' is named twice and not alike");
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
