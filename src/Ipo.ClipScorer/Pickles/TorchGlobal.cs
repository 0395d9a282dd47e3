using Ipo.Pickles;

namespace Ipo.ClipScorer.Pickles;

/// <summary>One of the few functions and types that a pickle of weights may name. It is a name here, and what it stands
/// for is done by code of ours: nothing is looked up, and nothing is called.</summary>
/// <param name="Name">Its module and name in Python.</param>
internal sealed record TorchGlobal(string Name) : IPickledGlobal
{
    private const string Dictionary = "collections.OrderedDict";
    private const string Tensor = "torch._utils._rebuild_tensor_v2";
    private const string Parameter = "torch._utils._rebuild_parameter";
    private const string Storages = "torch.";

    private static readonly Dictionary<string, TorchGlobal> All =
        ((string[])[Dictionary, Tensor, Parameter, .. PickledStorage.Types.Select(type => Storages + type)])
        .ToDictionary(name => name, name => new TorchGlobal(name));

    /// <summary>The type of a storage; null where this is something else.</summary>
    public string? StorageType { get; } = PickledStorage.Types.FirstOrDefault(type => Name == Storages + type);

    /// <exception cref="PickleException">It is none of those that weights need.</exception>
    public static TorchGlobal Of(string module, string name) =>
        All.TryGetValue($"{module}.{name}", out var known) ? known : throw new PickleException(
            $"names '{PickleNames.Printable($"{module}.{name}")}' in its pickle, which weights have no need of. Nothing of it was run. "
            + "Save the model's state_dict alone, or take a safetensors file; do not open this file with a program that runs "
            + "pickles unless you trust where it is from.");

    /// <summary>What Python would have made by calling it.</summary>
    /// <exception cref="PickleException">It is not called as PyTorch does.</exception>
    public object Result(object?[] arguments) => Name switch
    {
        Dictionary when arguments.Length == 0 => new PickledDictionary(),
        Tensor => PickledTensor.Of(arguments),
        Parameter when arguments is [PickledTensor tensor, ..] => tensor,
        _ => throw PickleException.Damaged($"{Name} is called with {arguments.Length} arguments of other kinds than PyTorch gives it"),
    };
}
