using Ipo.ClipScorer.Pickles;
using Ipo.Pickles;

namespace Ipo.ClipScorer.Checkpoints;

/// <summary>
/// Reads where the tensors of a file of torch.save stand: pytorch_model.bin. The file is a pickle that describes the
/// tensors, and their numbers beside it; since PyTorch 1.6 both are in a zip archive (<see cref="PyTorchZip"/>), before
/// that one behind the other (<see cref="PyTorchLegacy"/>). The pickle is read and never run (<see cref="PickleReader"/>).
/// </summary>
internal static class PyTorchFile
{
    // Tensors that have to be copied are few and small: transposed or interleaved ones. Only who packs a whole file
    // anew comes near these; a graph may have two GiB.
    private const long MostCopied = 1 << 30;
    private const int MostCopiedOfFile = 8;

    /// <summary>Every tensor of the file by name.</summary>
    /// <exception cref="CheckpointException">The file is missing, damaged, or holds more than weights.</exception>
    public static Dictionary<string, StoredTensor> Read(string path)
    {
        var file = CheckpointFile.Resolve(path);
        return Read(path, file, () => CheckpointFile.OpenRead(file));
    }

    /// <summary>The same of a file that may be anywhere.</summary>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="file">Its place, for the tensors.</param>
    /// <param name="open">Opens it; the stream can be sought in.</param>
    internal static Dictionary<string, StoredTensor> Read(string path, string file, Func<Stream> open) => Guarded(path, open, stream =>
    {
        var content = ZipDirectory.IsAt(stream) ? PyTorchZip.Read(stream) : PyTorchLegacy.Read(stream);
        var tensors = content.Tensors.ToDictionary(
            entry => entry.Key, entry => Stored(entry.Key, entry.Value, content.Storages[entry.Value.Storage.Key]));
        var copied = tensors.Where(entry => entry.Value.Copy is not null).Sum(entry => ToCopy(content.Tensors[entry.Key]));
        var most = Math.Min(MostCopied, MostCopiedOfFile * stream.Length);
        return copied <= most ? tensors : throw new InvalidDataException(
            $"has {copied} bytes of tensors that are compressed or whose numbers lie apart; "
            + $"at most {most} are copied. Make them contiguous and save them again with torch.save, or take a safetensors file.");

        StoredTensor Stored(string name, PickledTensor tensor, StorageBytes storage)
        {
            var bytesEach = tensor.Storage.BytesEach;
            // A few numbers can be shown as many, by strides of 0.
            if (tensor.Count > Math.Max(stream.Length, storage.Size) / bytesEach)
                throw new InvalidDataException(
                    $"has a tensor '{name}' of shape {StoredTensor.Words(tensor.Shape)}, which is larger than the file. "
                    + "Take the file from the checkpoint again.");
            var offset = storage.Offset + tensor.Offset * bytesEach;
            var stored = new StoredTensor(file, Format(tensor.Storage.Type), tensor.Shape, offset, tensor.Count * bytesEach);
            return tensor.IsContiguous && !storage.IsDeflated ? stored
                : stored with { Copy = () => Guarded(path, open, again => Copy(again, tensor, storage)) };
        }
    });

    // The bytes between its first number and its last one are read, and written as a tensor of their own.
    private static double ToCopy(PickledTensor tensor) => (double)Math.Max(tensor.Extent, tensor.Count) * tensor.Storage.BytesEach;

    private static byte[] Copy(Stream stream, PickledTensor tensor, StorageBytes storage)
    {
        var bytesEach = tensor.Storage.BytesEach;
        var numbers = storage.Read(stream, tensor.Offset * bytesEach, (int)(tensor.Extent * bytesEach));
        return tensor.IsContiguous ? numbers : RowMajor.Of(numbers, bytesEach, tensor.Shape, tensor.Strides);
    }

    private static T Guarded<T>(string path, Func<Stream> open, Func<Stream, T> read)
    {
        try
        {
            using var stream = open();
            return read(stream);
        }
        catch (EndOfStreamException cut)
        {
            throw new CheckpointException($"{path} is cut short. Copy or download the file again.", cut);
        }
        catch (Exception refused) when (refused is PickleException or InvalidDataException)
        {
            throw new CheckpointException($"{path} {refused.Message}", refused);
        }
    }

    private static TensorFormat Format(string storage) => storage switch
    {
        "FloatStorage" => TensorFormat.F32,
        "HalfStorage" => TensorFormat.F16,
        "BFloat16Storage" => TensorFormat.BF16,
        _ => TensorFormat.Other,
    };
}
