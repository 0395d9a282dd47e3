using Ipo.Pickles;

namespace Ipo.ClipScorer.Pickles;

/// <summary>What PyTorch's pickles of state dicts hold: protocol 2, and the few names of <see cref="TorchGlobal"/>.</summary>
internal sealed class TorchNames : PickleNames
{
    private const int Protocol = 2;

    private readonly Dictionary<string, PickledStorage> _storages = [];

    /// <summary>The storages named so far, by their keys.</summary>
    public IReadOnlyDictionary<string, PickledStorage> Storages => _storages;

    public override string WrittenBy => "torch.save writes for weights";

    public override void RequireProtocol(byte protocol)
    {
        if (protocol != Protocol)
            throw new PickleException(
                $"holds a pickle of protocol {protocol}; torch.save writes {Protocol} unless told otherwise. "
                + "Save the state_dict again without pickle_protocol.");
    }

    public override bool Has(Opcode opcode) =>
        opcode is not (Opcode.NewObject or Opcode.ShortBinUnicode or Opcode.StackGlobal or Opcode.Memoize or Opcode.Frame);

    public override IPickledGlobal Global(string module, string name) => TorchGlobal.Of(module, name);

    public override object Call(IPickledGlobal global, object?[] arguments) => ((TorchGlobal)global).Result(arguments);

    // A state dict carries its modules' versions as an attribute; they do not concern the numbers.
    public override void Build(object? made, object? attributes)
    {
        if (made is not PickledDictionary) throw PickleException.Damaged("attributes are given to something that is no dictionary");
    }

    public override object Outside(object? id)
    {
        var storage = PickledStorage.Of(id);
        if (_storages.TryAdd(storage.Key, storage) || _storages[storage.Key] == storage) return storage;
        throw PickleException.Damaged($"storage '{storage.Key}' is named twice and not alike");
    }
}
