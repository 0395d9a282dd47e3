using Ipo.ClipScorer.Pickles;
using Ipo.Pickles;

namespace Ipo.ClipScorer.Checkpoints;

/// <summary>What a file of torch.save holds.</summary>
/// <param name="Tensors">Its tensors by name.</param>
/// <param name="Storages">Where the bytes of their storages stand, by key.</param>
internal sealed record PyTorchContent(
    IReadOnlyDictionary<string, PickledTensor> Tensors, IReadOnlyDictionary<string, StorageBytes> Storages)
{
    // Under which training programs keep the weights, beside the optimizer's state.
    private const string StateDict = "state_dict";

    /// <summary>The tensors of what a pickle holds: a state dict, or something that has one.</summary>
    /// <exception cref="PickleException">It is neither.</exception>
    public static Dictionary<string, PickledTensor> TensorsIn(object? root)
    {
        var entries = (root as PickledDictionary)?.ByText() ?? [];
        if (entries.TryGetValue(StateDict, out var inner) && inner is PickledDictionary dictionary) entries = dictionary.ByText();
        var tensors = new Dictionary<string, PickledTensor>();
        foreach (var (name, value) in entries)
            if (value is PickledTensor tensor) tensors[name] = tensor;
        return tensors.Count > 0 ? tensors : throw new PickleException("holds no tensors by their names. Save the model's state_dict.");
    }
}
