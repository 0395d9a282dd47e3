using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Ipo.Orchestrator.Reports.Exports;

/// <summary>NumPy's array file, version 1.0 (numpy/numpy, numpy/lib/format.py): magic, version, length of the header,
/// the header as a Python literal, padded so that the data begin at a multiple of 64 bytes.</summary>
internal sealed class Npy() : WeightsExporter(V1.ExportFormat.Npy)
{
    public override byte[] Write(ZeroShotWeights weights)
    {
        const int Start = 10; // magic, version and length
        const int Alignment = 64;
        var header = string.Create(
            CultureInfo.InvariantCulture,
            $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({weights.Dimension}, {weights.Columns.Count}), }}");
        var length = ZeroShotWeights.Aligned(Start + header.Length + 1, Alignment) - Start;
        var file = new byte[checked(Start + length + (4 * weights.Dimension * weights.Columns.Count))];
        file[0] = 0x93;
        Encoding.ASCII.GetBytes("NUMPY", file.AsSpan(1));
        file[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), (ushort)length);
        Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n", file.AsSpan(Start));
        weights.Write(file.AsSpan(Start + length));
        return file;
    }
}
